package io.millrace.inference.gguf;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of one shard of a split model: {@code NAME-00001-of-00005.gguf}.
 *
 * @param model what stands before the numbers
 * @param number from 1
 * @param count of all shards
 */
public record ShardName(String model, int number, int count) {
    private static final Pattern NAME = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");

    static Optional<ShardName> parse(Path path) {
        return parse(path.getFileName().toString());
    }

    /** Empty if this is no shard's name; folders before it become a part of {@link #model}. */
    public static Optional<ShardName> parse(String text) {
        Matcher name = NAME.matcher(text);
        if (!name.matches()) {
            return Optional.empty();
        }
        return Optional.of(new ShardName(name.group(1), Integer.parseInt(name.group(2)), Integer.parseInt(
                name.group(3))));
    }

    /** Another shard of the same model. */
    public ShardName withNumber(int newNumber) {
        return new ShardName(model, newNumber, count);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s-%05d-of-%05d.gguf", model, number, count);
    }
}
