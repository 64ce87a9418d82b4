package io.millrace.compose.pull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.compose.pull.ModelName.HubFile;
import io.millrace.compose.pull.ModelName.HubTag;
import io.millrace.compose.pull.ModelName.WebFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the files of a model by what people call it. */
public final class Catalog {
    private static final String USUAL = "Q4_K_M";
    private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"next\"");
    private static final Pattern TYPE = Pattern.compile(
            "(?i)(?<![A-Za-z0-9])((?:UD-)?(?:I?Q\\d(?:_[A-Z0-9]+)*|TQ\\d_0|BF16|F16|F32|FP16|MXFP4))(?![A-Za-z0-9])");
    /** A page holds a thousand files. */
    private static final int MOST_PAGES = 20;
    private static final int MOST_LISTING_BYTES = 16 << 20;

    private final Hub hub;
    private final Web web;

    public Catalog(Hub hub, Web web) {
        this.hub = hub;
        this.web = web;
    }

    /**
     * The files of a model, in order.
     *
     * @param name {@code owner/repo}, {@code owner/repo:Q4_K_M}, {@code owner/repo/file.gguf}, or a URL
     * @throws PullException if there is none, or more than one
     */
    public List<RemoteFile> files(String name) {
        return switch (ModelName.parse(name, hub)) {
            case HubFile file -> shards(file.repository(), file.revision(), file.path());
            case HubTag tag -> shards(tag.repository(), tag.revision(), choose(tag, models(tag)));
            case WebFile file -> shards(file.uri());
        };
    }

    private List<RemoteFile> shards(String repository, String revision, String path) {
        return ShardNames.all(path).stream().map(shard -> new RemoteFile(hub.file(repository, revision, shard),
                Path.of(repository, shard.split("/", -1)))).toList();
    }

    private static List<RemoteFile> shards(URI uri) {
        String file = ModelName.fileName(uri);
        String address = uri.toString();
        int at = address.indexOf(uri.getRawPath()) + uri.getRawPath().lastIndexOf('/') + 1;
        String rest = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return ShardNames.all(file).stream().map(shard -> new RemoteFile(
                shard.equals(file) ? uri : URI.create(address.substring(0, at) + shard.replace(" ", "%20") + rest),
                Path.of(shard))).toList();
    }

    /** The first file of each model in the repository. */
    private Set<String> models(HubTag tag) {
        var found = new TreeSet<String>();
        URI next = hub.listing(tag.repository(), tag.revision());
        for (int page = 0; page < MOST_PAGES && next != null; page++) {
            try (Answer answer = web.get(next, List.of())) {
                answer.requireFound();
                for (JsonNode entry : entries(answer)) {
                    String path = entry.path("path").asText();
                    if (path.toLowerCase(Locale.ROOT).endsWith(".gguf") && !isCompanion(path)) {
                        found.add(ShardNames.all(ModelName.safe(path, tag.repository())).getFirst());
                    }
                }
                next = nextPage(next, answer);
            } catch (IOException e) {
                throw new PullException(next + ": the files of " + tag.repository() + " cannot be listed ("
                        + Web.reason(e) + ")", e);
            }
        }
        return found;
    }

    private static JsonNode entries(Answer answer) throws IOException {
        byte[] listing = answer.body().readNBytes(MOST_LISTING_BYTES);
        JsonNode entries = new ObjectMapper().readTree(listing);
        if (entries == null || !entries.isArray()) {
            throw new IOException("what came is no list of files");
        }
        return entries;
    }

    private static URI nextPage(URI page, Answer answer) {
        Matcher next = NEXT.matcher(answer.header("Link").orElse(""));
        return next.find() ? page.resolve(next.group(1)) : null;
    }

    /** What goes with a model without being one: its eyes, and what it was quantised by. */
    private static boolean isCompanion(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        return name.startsWith("mmproj") || name.contains("imatrix");
    }

    private String choose(HubTag tag, Set<String> models) {
        if (models.isEmpty()) {
            throw new PullException(tag.repository() + " has no GGUF file: look for a repository that has, often one"
                    + " with -GGUF in its name");
        }
        String wanted = tag.tag().isEmpty() ? USUAL : tag.tag();
        List<String> fitting = models.stream().filter(path -> types(path).contains(wanted.toUpperCase(Locale.ROOT)))
                .toList();
        if (fitting.isEmpty() && tag.tag().isEmpty() && models.size() == 1) {
            return models.iterator().next();
        }
        if (fitting.size() == 1) {
            return fitting.getFirst();
        }
        throw new PullException(fitting.isEmpty()
                ? tag.repository() + " has no " + wanted + ": give one of " + offers(tag, models)
                : tag.repository() + " has " + fitting.size() + " files of type " + wanted + ": give one of "
                        + String.join(", ", fitting.stream().map(path -> tag.repository() + "/" + path).toList()));
    }

    /** The types that a name of a file names, in capitals. */
    static List<String> types(String path) {
        Matcher type = TYPE.matcher(path.substring(path.lastIndexOf('/') + 1));
        var all = new ArrayList<String>();
        while (type.find()) {
            all.add(type.group(1).toUpperCase(Locale.ROOT));
        }
        return all;
    }

    private static String offers(HubTag tag, Set<String> models) {
        return String.join(", ", models.stream().map(path -> types(path).isEmpty()
                ? tag.repository() + "/" + path
                : tag.repository() + ":" + types(path).getLast()).distinct().toList());
    }
}
