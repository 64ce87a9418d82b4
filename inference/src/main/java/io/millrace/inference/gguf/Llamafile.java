package io.millrace.inference.gguf;

import io.millrace.inference.gguf.ZipArchive.Member;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An executable that carries a model: a ZIP archive at its end holds the GGUF, stored as it is, and perhaps default arguments.
 * {@code file@member} names one of several models in it.
 *
 * @see <a href="https://github.com/mozilla-ai/llamafile">llamafile</a>
 */
public final class Llamafile {
    private static final String ARGUMENTS = ".args";
    private static final String MODEL_SUFFIX = ".gguf";
    private static final List<String> MODEL_FLAGS = List.of("-m", "--model");
    /** Arguments are written by hand; more is no list of arguments. */
    private static final int MOST_ARGUMENT_BYTES = 1 << 16;

    private Llamafile() {}

    /**
     * What names a model.
     *
     * @param member of the archive, if one is named
     */
    record Name(Path file, Optional<String> member) {
        static Name of(Path path) {
            String text = path.toString();
            int at = text.lastIndexOf('@');
            return at <= 0 || Files.exists(path) || !Files.isRegularFile(Path.of(text.substring(0, at)))
                    ? new Name(path, Optional.empty())
                    : new Name(Path.of(text.substring(0, at)), Optional.of(text.substring(at + 1)));
        }
    }

    /**
     * The arguments that a llamafile has for whoever runs it, one a line in its {@code .args}; {@code ...} stands where the user's own belong. None for other files.
     *
     * @throws GgufException if the file cannot be read
     */
    public static List<String> arguments(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            Name name = Name.of(path);
            FileBytes bytes = new ModelFiles(arena).map(name.file());
            return isGguf(bytes)
                    ? List.of()
                    : ZipArchive.find(bytes, path.toString())
                            .map(archive -> arguments(bytes, archive)).orElse(List.of());
        }
    }

    private static List<String> arguments(FileBytes bytes, ZipArchive archive) {
        return archive.members().stream()
                .filter(member -> member.name().equals(ARGUMENTS) && member.isStored()
                        && member.size() <= MOST_ARGUMENT_BYTES)
                .findFirst()
                .map(member -> new String(bytes.slice(member.offset(), member.size()).toArray(ValueLayout.JAVA_BYTE),
                        StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank()).toList())
                .orElse(List.of());
    }

    static boolean isGguf(FileBytes bytes) {
        return bytes.size() >= Integer.BYTES && bytes.slice(0, Integer.BYTES)
                .get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0) == Header.MAGIC;
    }

    /**
     * The bytes of the model in a file that is no GGUF itself.
     *
     * @return the file's own if there is no archive in it: they say best what is wrong
     * @throws GgufException if the archive has no model, several, or a compressed one
     */
    static FileBytes model(FileBytes bytes, Name name) {
        String source = name.file().toString();
        Optional<ZipArchive> archive = ZipArchive.find(bytes, source);
        if (archive.isEmpty()) {
            return bytes;
        }
        Member member = choose(archive.get(), name, arguments(bytes, archive.get()));
        if (!member.isStored()) {
            throw new GgufException(source + ": its member " + member.name() + " is compressed, so it cannot be"
                    + " mapped; take it out with unzip and name it, or store it with zip -0");
        }
        return bytes.view(member.offset(), member.size());
    }

    private static Member choose(ZipArchive archive, Name name, List<String> arguments) {
        List<Member> models = archive.members().stream().filter(member -> member.name().endsWith(MODEL_SUFFIX))
                .toList();
        Optional<String> wanted = name.member().or(() -> models.size() > 1 ? modelOf(arguments) : Optional.empty());
        if (wanted.isPresent()) {
            return archive.members().stream().filter(member -> member.name().equals(wanted.get())).findFirst()
                    .orElseThrow(() -> new GgufException(name.file() + ": has no member " + wanted.get() + "; it has "
                            + names(archive.members())));
        }
        if (models.size() != 1) {
            throw new GgufException(name.file() + (models.isEmpty()
                    ? ": has a ZIP archive, but no .gguf in it"
                    : ": has several models; name one, as in " + name.file() + "@" + models.getFirst().name() + ": "
                            + names(models)));
        }
        return models.getFirst();
    }

    /** Which model the arguments name. */
    private static Optional<String> modelOf(List<String> arguments) {
        for (int i = 0; i < arguments.size() - 1; i++) {
            if (MODEL_FLAGS.contains(arguments.get(i))) {
                String path = arguments.get(i + 1);
                return Optional.of(path.startsWith("/zip/") ? path.substring("/zip/".length()) : path);
            }
        }
        return Optional.empty();
    }

    private static String names(List<Member> members) {
        return members.isEmpty() ? "none" : String.join(", ", members.stream().map(Member::name).toList());
    }
}
