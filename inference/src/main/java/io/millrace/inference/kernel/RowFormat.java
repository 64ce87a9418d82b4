package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/** How one tensor type stores a row of weights. {@code count} is a multiple of the type's block size everywhere. */
interface RowFormat {
    /** Writes the {@code count} weights that begin at byte {@code offset} to {@code out}. */
    void dequantize(MemorySegment data, long offset, int count, float[] out, int outOffset);

    /** The product of the {@code count} weights that begin at byte {@code offset} with as many values of {@code x}. */
    float dot(MemorySegment data, long offset, int count, float[] x, int xOffset);
}
