package io.millrace.inference.gguf;

import java.util.Arrays;

/** The types of metadata values. */
enum ValueType {
    UINT8(0, 1),
    INT8(1, 1),
    UINT16(2, 2),
    INT16(3, 2),
    UINT32(4, 4),
    INT32(5, 4),
    FLOAT32(6, 4),
    BOOL(7, 1),
    STRING(8, 8),
    ARRAY(9, 12),
    UINT64(10, 8),
    INT64(11, 8),
    FLOAT64(12, 8);

    private final int id;
    private final int leastBytes;

    ValueType(int id, int leastBytes) {
        this.id = id;
        this.leastBytes = leastBytes;
    }

    static ValueType read(Cursor cursor, String key) {
        long id = cursor.nextUnsignedInt("the type of " + key);
        return Arrays.stream(values()).filter(type -> type.id == id).findFirst().orElseThrow(
                () -> cursor.damaged("the metadata key " + key + " has the unknown type " + id));
    }

    /** The number that files have for it. */
    int id() {
        return id;
    }

    /** What a value takes in a file at least. */
    int leastBytes() {
        return leastBytes;
    }
}
