package io.millrace.inference.gguf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A file that was cut into pieces for upload: {@code X.cat0.llamafile}, {@code X.cat1.llamafile}, ... are the bytes of
 * {@code X.llamafile}, one piece after the other.
 */
final class ConcatenationParts {
    private static final Pattern NAME = Pattern.compile("(.*\\.cat)(\\d{1,9})((?:\\.[^.]*)?)");

    private ConcatenationParts() {}

    /**
     * The files that together are the one named: all its parts in their order if it is a part, or just the file.
     *
     * @throws GgufException if a part between others is missing
     */
    static List<Path> of(Path path) throws IOException {
        Path fileName = path.getFileName();
        Matcher name = NAME.matcher(fileName == null ? "" : fileName.toString());
        if (!name.matches()) {
            return List.of(path);
        }
        String prefix = name.group(1);
        String suffix = name.group(3);
        var parts = new TreeMap<Integer, Path>();
        // a part that is there by name only is found out when it is opened
        parts.put(Integer.parseInt(name.group(2)), path);
        try (Stream<Path> siblings = Files.list(path.toAbsolutePath().getParent())) {
            for (Path sibling : siblings.toList()) {
                Matcher other = NAME.matcher(sibling.getFileName().toString());
                if (other.matches() && other.group(1).equals(prefix) && other.group(3).equals(suffix)) {
                    parts.put(Integer.parseInt(other.group(2)), path.resolveSibling(sibling.getFileName()));
                }
            }
        }
        for (int i = 0; i < parts.size(); i++) {
            if (!parts.containsKey(i)) {
                throw new GgufException(path.resolveSibling(prefix + i + suffix) + ": this part is missing, while "
                        + parts.lastEntry().getValue().getFileName() + " is there; download it into the same folder");
            }
        }
        return List.copyOf(parts.values());
    }
}
