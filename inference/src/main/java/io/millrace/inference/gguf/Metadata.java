package io.millrace.inference.gguf;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The key-value pairs of a GGUF file.
 *
 * <p>Values are {@link Long} (every integer type), {@link Double} (both float types), {@link Boolean}, {@link String}, or an array:
 * {@code long[]}, {@code float[]}, {@code boolean[]}, {@code String[]}, {@code Object[]} (arrays of arrays).
 */
public final class Metadata {
    private final String source;
    private final Map<String, Object> values;

    /**
     * @param source the file, for messages
     * @param values the pairs; not copied
     */
    public Metadata(String source, Map<String, Object> values) {
        this.source = source;
        this.values = values;
    }

    public Set<String> keys() {
        return values.keySet();
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** The value as it is, of one of the types named above; null if there is none. Arrays are not copies: do not change them. */
    public Object value(String key) {
        return values.get(key);
    }

    public String string(String key) {
        return required(key, String.class, "a string");
    }

    public Optional<String> optionalString(String key) {
        return Optional.ofNullable(find(key, String.class, "a string"));
    }

    /** An integer of any width that fits an int and is not negative: a count, a dimension, a token id. */
    public int count(String key) {
        return count(key, required(key, Long.class, "an integer"));
    }

    public int count(String key, int otherwise) {
        Long value = find(key, Long.class, "an integer");
        return value == null ? otherwise : count(key, value);
    }

    public float number(String key) {
        return required(key, Double.class, "a floating-point number").floatValue();
    }

    public float number(String key, float otherwise) {
        Double value = find(key, Double.class, "a floating-point number");
        return value == null ? otherwise : value.floatValue();
    }

    public boolean flag(String key, boolean otherwise) {
        Boolean value = find(key, Boolean.class, "true or false");
        return value == null ? otherwise : value;
    }

    /** The array itself, not a copy: do not change it. */
    public String[] strings(String key) {
        return required(key, String[].class, "an array of strings");
    }

    public Optional<String[]> optionalStrings(String key) {
        return Optional.ofNullable(find(key, String[].class, "an array of strings"));
    }

    /** The array itself, not a copy: do not change it. */
    public Optional<float[]> optionalNumbers(String key) {
        return Optional.ofNullable(find(key, float[].class, "an array of floating-point numbers"));
    }

    /** The array itself, not a copy: do not change it. */
    public Optional<long[]> optionalIntegers(String key) {
        return Optional.ofNullable(find(key, long[].class, "an array of integers"));
    }

    /** The file these pairs are from, for messages. */
    public String source() {
        return source;
    }

    private int count(String key, long value) {
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new GgufException(source + ": " + key + " is " + value + ", which is out of range");
        }
        return (int) value;
    }

    private <T> T required(String key, Class<T> type, String expected) {
        T value = find(key, type, expected);
        if (value == null) {
            throw new GgufException(source + ": the metadata key " + key + " is missing");
        }
        return value;
    }

    private <T> T find(String key, Class<T> type, String expected) {
        Object value = values.get(key);
        if (value != null && !type.isInstance(value)) {
            throw new GgufException(source + ": " + key + " should be " + expected + ", but is "
                    + value.getClass().getSimpleName());
        }
        return type.cast(value);
    }
}
