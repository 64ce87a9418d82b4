package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/**
 * A format that keys and values may be kept in: attention runs over many rows at a time, {@code stride} bytes apart. Each class has these loops to itself: shared ones
 * would see several formats, and the JIT would not inline them.
 */
interface CacheRowFormat extends FusedRowFormat {
    /** Writes values, as exactly as the type allows. */
    void write(float[] x, int xOffset, int count, MemorySegment data, long offset);

    /** {@code out[r] = scale * (row r times x)}. */
    void dots(float scale, float[] x, int xOffset, int count, MemorySegment data, long offset, long stride, int rows,
            float[] out, int outOffset);

    /** {@code y += sum over r of weights[r] * row r}, added row by row. */
    void addRows(float[] weights, int weightOffset, int rows, MemorySegment data, long offset, long stride, int count,
            float[] y, int yOffset);
}
