package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/** How one tensor type stores a row of weights. {@code count} is a multiple of the type's block size. */
interface RowFormat {
    /** Writes the {@code count} weights that begin at byte {@code offset} to {@code out}. */
    void dequantize(MemorySegment data, long offset, int count, float[] out, int outOffset);
}
