package io.millrace.compose.pull;

import java.net.URI;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What people write for a model that is to be fetched. */
sealed interface ModelName {
    /** A file of a repository. */
    record HubFile(String repository, String revision, String path) implements ModelName {}

    /**
     * The model of a repository that has this type.
     *
     * @param tag such as {@code Q4_K_M}; empty for whichever is usual
     */
    record HubTag(String repository, String revision, String tag) implements ModelName {}

    /** A file somewhere on the web. */
    record WebFile(URI uri) implements ModelName {}

    /** A segment of a path that stays where it is: not "..", nothing hidden, no separator of any system. */
    Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+=~ -]*(?<![. ])");
    Pattern TAGGED = Pattern.compile("([^/:]+/[^/:]+)(?::([\\w.-]+))?");
    Pattern FILE = Pattern.compile("([^/]+/[^/]+)/(.+\\.(?:gguf|llamafile))", Pattern.CASE_INSENSITIVE);
    Pattern RESOLVED = Pattern.compile("/([^/]+/[^/]+)/(?:resolve|blob)/([^/]+)/(.+)");
    String MAIN = "main";

    /**
     * Reads {@code owner/repo}, {@code owner/repo:Q4_K_M}, {@code owner/repo/file.gguf}, each perhaps with {@code hf.co/} before it, or an address.
     *
     * @throws PullException if it is none of these
     */
    static ModelName parse(String text, Hub hub) {
        if (text.contains("://")) {
            return address(text, hub);
        }
        String name = text.replaceFirst("^(hf\\.co|huggingface\\.co)/", "");
        Matcher file = FILE.matcher(name);
        if (file.matches()) {
            return new HubFile(safe(file.group(1), text), MAIN, safe(file.group(2), text));
        }
        Matcher tagged = TAGGED.matcher(name);
        if (tagged.matches()) {
            String tag = tagged.group(2) == null ? "" : tagged.group(2);
            return new HubTag(safe(tagged.group(1), text), MAIN, tag);
        }
        throw new PullException("'" + text + "' names no model: give OWNER/REPO:Q4_K_M, OWNER/REPO/FILE.gguf or a URL");
    }

    private static ModelName address(String text, Hub hub) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new PullException("'" + text + "' is no address (" + e.getMessage() + ")", e);
        }
        if (!Hub.isWeb(uri) || uri.getHost() == null) {
            throw new PullException("'" + text + "' is no web address: give one that begins with https://");
        }
        if (uri.getUserInfo() != null) {
            throw new PullException("a URL with a password in it is not fetched: others can read it in the list of"
                    + " processes");
        }
        Matcher resolved = RESOLVED.matcher(uri.getPath());
        boolean isHub = hub.owns(uri) || uri.getHost().equals("huggingface.co") || uri.getHost().equals("hf.co");
        if (isHub && resolved.matches()) {
            return new HubFile(safe(resolved.group(1), text), safe(resolved.group(2), text), safe(resolved.group(3),
                    text));
        }
        String file = fileName(uri);
        if (!file.matches("(?i).+\\.(gguf|llamafile)")) {
            throw new PullException("'" + text + "' does not end in the name of a .gguf or .llamafile");
        }
        safe(file, text);
        return new WebFile(uri);
    }

    static String fileName(URI uri) {
        String path = uri.getPath() == null ? "" : uri.getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The path as it is, if it cannot lead out of a folder. */
    static String safe(String path, String text) {
        for (String segment : List.of(path.split("/", -1))) {
            if (!SEGMENT.matcher(segment).matches()) {
                throw new PullException("'" + text + "' has '" + segment + "' in it, which can be no name of a file");
            }
        }
        return path;
    }
}
