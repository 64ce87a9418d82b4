package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/**
 * A format that can multiply a row without writing it out first, where that was measured to be worth it. Its loop stands in each class, however alike: one that is shared
 * sees several formats, is no longer inlined, and then allocates a vector for each step.
 */
interface FusedRowFormat extends RowFormat {
    /** The product of the {@code count} weights that begin at byte {@code offset} with as many values of {@code x}. */
    float dot(MemorySegment data, long offset, int count, float[] x, int xOffset);
}
