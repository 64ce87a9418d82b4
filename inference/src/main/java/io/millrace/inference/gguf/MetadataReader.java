package io.millrace.inference.gguf;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the key-value pairs behind the header. */
final class MetadataReader {
    private static final int MOST_NESTED_ARRAYS = 4;

    private final Cursor cursor;

    private MetadataReader(Cursor cursor) {
        this.cursor = cursor;
    }

    /**
     * The pairs of a file, in its order.
     *
     * @param raw each pair's own bytes, key and type and value, by key
     */
    record Contents(Metadata metadata, Map<String, MemorySegment> raw) {}

    static Contents read(Cursor cursor, int pairs) {
        var reader = new MetadataReader(cursor);
        Map<String, Object> values = LinkedHashMap.newLinkedHashMap(pairs);
        Map<String, MemorySegment> raw = LinkedHashMap.newLinkedHashMap(pairs);
        for (int i = 0; i < pairs; i++) {
            long start = cursor.position();
            String key = cursor.nextName("the key of metadata pair " + (i + 1));
            Object value = reader.value(ValueType.read(cursor, key), key, 0);
            if (values.put(key, value) != null) {
                throw cursor.damaged("the metadata key " + key + " is there twice");
            }
            raw.put(key, cursor.bytes().slice(start, cursor.position() - start).asReadOnly());
        }
        return new Contents(new Metadata(cursor.source(), values), raw);
    }

    private Object value(ValueType type, String key, int depth) {
        return switch (type) {
            case STRING -> cursor.nextString(key);
            case BOOL -> cursor.nextBoolean(key);
            case FLOAT32 -> (double) cursor.nextFloat(key);
            case FLOAT64 -> cursor.nextDouble(key);
            case ARRAY -> array(key, depth);
            default -> integer(type, key);
        };
    }

    private long integer(ValueType type, String key) {
        return switch (type) {
            case UINT8 -> Byte.toUnsignedLong(cursor.nextByte(key));
            case INT8 -> cursor.nextByte(key);
            case UINT16 -> Short.toUnsignedLong(cursor.nextShort(key));
            case INT16 -> cursor.nextShort(key);
            case UINT32 -> cursor.nextUnsignedInt(key);
            case INT32 -> cursor.nextInt(key);
            case UINT64, INT64 -> cursor.nextLong(key);
            default -> throw new IllegalArgumentException(type + " is no integer");
        };
    }

    private Object array(String key, int depth) {
        if (depth == MOST_NESTED_ARRAYS) {
            throw cursor.refused(key + " nests arrays more than " + MOST_NESTED_ARRAYS + " deep");
        }
        ValueType type = ValueType.read(cursor, key);
        int count = cursor.nextCount(type.leastBytes(), key);
        return switch (type) {
            case STRING -> {
                var strings = new String[count];
                for (int i = 0; i < count; i++) {
                    strings[i] = cursor.nextString(key);
                }
                yield strings;
            }
            case BOOL -> {
                var flags = new boolean[count];
                for (int i = 0; i < count; i++) {
                    flags[i] = cursor.nextBoolean(key);
                }
                yield flags;
            }
            case FLOAT32, FLOAT64 -> {
                var numbers = new float[count];
                for (int i = 0; i < count; i++) {
                    numbers[i] = type == ValueType.FLOAT32 ? cursor.nextFloat(key) : (float) cursor.nextDouble(key);
                }
                yield numbers;
            }
            case ARRAY -> {
                var arrays = new Object[count];
                for (int i = 0; i < count; i++) {
                    arrays[i] = array(key, depth + 1);
                }
                yield arrays;
            }
            default -> {
                var integers = new long[count];
                for (int i = 0; i < count; i++) {
                    integers[i] = integer(type, key);
                }
                yield integers;
            }
        };
    }
}
