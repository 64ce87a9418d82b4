package io.millrace.compose.pull;

import io.millrace.inference.gguf.ShardName;
import java.util.List;
import java.util.stream.IntStream;

/** The files of a model by the name of one, with or without folders before it. */
final class ShardNames {
    /** More than any model has; what a stranger writes into a name must not become so many requests. */
    private static final int MOST = 1_000;

    private ShardNames() {}

    /** All files of the model that a file belongs to, in order: itself alone if it is whole. */
    static List<String> all(String name) {
        return ShardName.parse(name).map(shard -> all(name, shard)).orElse(List.of(name));
    }

    private static List<String> all(String name, ShardName shard) {
        if (shard.count() < 1 || shard.count() > MOST) {
            throw new PullException(name + ": a model has from 1 to " + MOST + " shards, not " + shard.count());
        }
        return IntStream.rangeClosed(1, shard.count()).mapToObj(number -> shard.withNumber(number).toString()).toList();
    }

    /** The model's name, without what numbers the shard and the ending. */
    static String stem(String name) {
        return ShardName.parse(name).map(ShardName::model)
                .orElseGet(() -> name.replaceFirst("(?i)\\.(gguf|llamafile)$", ""));
    }
}
