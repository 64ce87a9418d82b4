package io.millrace.compose.pull;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The files of a split model by their names, {@code NAME-00001-of-00005.gguf} and so on. */
final class ShardNames {
    private static final Pattern FORM = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf", Pattern.CASE_INSENSITIVE);
    /** More than any model has; what a stranger writes into a name must not become so many requests. */
    private static final int MOST = 1_000;

    private ShardNames() {}

    /** All files of the model that a file belongs to, in order: itself alone if it is whole. */
    static List<String> all(String name) {
        Matcher shard = FORM.matcher(name);
        if (!shard.matches()) {
            return List.of(name);
        }
        int count = Integer.parseInt(shard.group(3));
        if (count < 1 || count > MOST) {
            throw new PullException(name + ": a model has from 1 to " + MOST + " shards, not " + count);
        }
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> String.format(Locale.ROOT, "%s-%05d-of-%05d.gguf", shard.group(1), number, count))
                .toList();
    }

    /** The model's name, without what numbers the shard and the ending. */
    static String stem(String name) {
        Matcher shard = FORM.matcher(name);
        return shard.matches() ? shard.group(1) : name.replaceFirst("(?i)\\.(gguf|llamafile)$", "");
    }
}
