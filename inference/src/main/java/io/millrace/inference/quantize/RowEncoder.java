package io.millrace.inference.quantize;

import java.nio.ByteBuffer;

/** Writes weights in one tensor type. Safe for any thread, as long as no two calls share a buffer. */
public interface RowEncoder {
    /**
     * Appends {@code count} weights to {@code out}, from its position on and whatever its byte order: GGUF is little-endian.
     *
     * @param count a multiple of the type's block size: a row, or several that follow each other
     * @throws IllegalArgumentException if the count is no such multiple, or a weight is not finite or too large for the type; the message says which weight,
     *         counted from {@code offset}
     * @throws IndexOutOfBoundsException if there are fewer weights
     * @throws java.nio.BufferOverflowException if there is less room in {@code out}
     */
    void encode(float[] weights, int offset, int count, ByteBuffer out);

    /**
     * As the other, for one row.
     *
     * @param importance how much an error counts in each column: finite, none negative. Types that {@link RowEncoders#usesImportance} does not name encode without it
     */
    void encode(float[] weights, int offset, float[] importance, ByteBuffer out);
}
