package io.millrace.compose.pull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The folder that models are fetched into. Those of Hugging Face lie in {@code OWNER/REPO}.
 *
 * @param path the folder; it need not be there
 */
public record ModelsFolder(Path path) {
    private static final int DEPTH = 6;

    /**
     * A model in the folder.
     *
     * @param name by which {@code -m} finds it, relative to the folder
     * @param file its file, or the first of its shards that is there
     * @param missing shards that are not there, or not whole
     * @param bytes of what has come of it
     * @param size of all of it in bytes; -1 if it cannot be told
     */
    public record Entry(String name, Path file, int missing, long bytes, long size) {
        public boolean isWhole() {
            return missing == 0;
        }
    }

    /**
     * All models, by name.
     *
     * @throws PullException if the folder cannot be read
     */
    public List<Entry> list() {
        var models = new TreeMap<String, List<Path>>();
        for (Path file : files()) {
            String name = relative(file).replaceFirst("\\.part$", "");
            String first = ShardNames.all(name).getFirst();
            models.computeIfAbsent(first, _ -> new ArrayList<>()).add(file);
        }
        return models.keySet().stream().map(this::entry).toList();
    }

    private List<Path> files() {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(path, DEPTH, FileVisitOption.FOLLOW_LINKS)) {
            return all.filter(file -> file.getFileName().toString().toLowerCase(Locale.ROOT)
                    .matches(".+\\.(gguf|llamafile)(\\.part)?")).filter(Files::isRegularFile).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            throw new PullException(
                    path + " cannot be read (" + e.getMessage() + "): name another folder with --models",
                    e);
        }
    }

    private String relative(Path file) {
        return path.relativize(file).toString().replace('\\', '/');
    }

    private Entry entry(String first) {
        long bytes = 0;
        long size = 0;
        int missing = 0;
        Path found = null;
        for (String shard : ShardNames.all(first)) {
            Path file = path.resolve(shard);
            if (Files.exists(file)) {
                long length = file.toFile().length();
                bytes += length;
                size = size < 0 ? -1 : size + length;
                found = found == null ? file : found;
            } else {
                Optional<PartFile.State> state = PartFile.state(file);
                missing++;
                bytes += state.map(PartFile.State::bytes).orElse(0L);
                size = state.isEmpty() || size < 0 ? -1 : size + state.get().version().size();
            }
        }
        return new Entry(first, found == null ? path.resolve(first) : found, missing, bytes, size);
    }

    /**
     * The model that somebody means.
     *
     * @param name its path in the folder, its file's name, with or without the ending, or {@code owner/repo:type}
     * @return empty if there is none of that name
     * @throws PullException if there are several, or it has not come whole
     */
    public Optional<Path> find(String name) {
        String wanted = name.replace('\\', '/').replaceFirst("^(hf\\.co|huggingface\\.co)/", "");
        List<Entry> fitting = list().stream().filter(entry -> fits(entry.name, wanted)).toList();
        if (fitting.size() > 1) {
            throw new PullException("'" + name + "' is the name of " + fitting.size() + " models: give one of "
                    + String.join(", ", fitting.stream().map(Entry::name).toList()));
        }
        return fitting.stream().findFirst().map(entry -> {
            if (!entry.isWhole()) {
                throw new PullException(entry.name + " has not come whole: 'millrace pull' with the name it was fetched"
                        + " by goes on with it");
            }
            return entry.file;
        });
    }

    private static boolean fits(String model, String wanted) {
        String file = model.substring(model.lastIndexOf('/') + 1);
        int tag = wanted.lastIndexOf(':');
        if (tag > 0 && wanted.indexOf('/') > 0) {
            return model.startsWith(wanted.substring(0, tag) + "/")
                    && Catalog.types(model).contains(wanted.substring(tag
                            + 1).toUpperCase(Locale.ROOT));
        }
        return ShardNames.all(model).contains(wanted) || ShardNames.all(file).contains(wanted)
                || ShardNames.stem(model).equals(wanted) || ShardNames.stem(file).equals(wanted)
                || model.startsWith(wanted + "/") && wanted.indexOf('/') > 0;
    }

    /**
     * Whether this could be the name of a model in the folder, rather than a path to somewhere else.
     */
    public static boolean isName(String text) {
        try {
            return !text.isBlank() && !Path.of(text.replace(':', '_')).isAbsolute() && !text.startsWith(".");
        } catch (InvalidPathException _) {
            return false;
        }
    }
}
