package io.millrace.inference.gguf;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A tensor of a file.
 *
 * @param dimensions sizes, the fastest-varying first as files have it: columns, rows, ...; at most four
 * @param data the file's own bytes, read-only, valid until the file is closed
 */
public record Tensor(String name, TensorType type, List<Long> dimensions, MemorySegment data) {
    public Tensor {
        dimensions = List.copyOf(dimensions);
    }

    /** Numbers in a row. */
    public int columns() {
        return Math.toIntExact(dimensions.getFirst());
    }

    /** Rows, over all dimensions but the first; 1 for a vector. */
    public int rows() {
        return Math.toIntExact(dimensions.stream().skip(1).reduce(1L, Math::multiplyExact));
    }

    public long elements() {
        return (long) rows() * columns();
    }
}
