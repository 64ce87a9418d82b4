package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/** How a block says what eight weights in a row are: {@code (code + offset) * scale}, with a sign each. */
interface GridFormat {
    /** Eight codes, one a byte. */
    long codes(MemorySegment data, long block, int eight);

    float scale(MemorySegment data, long block, int eight);

    /** Bit {@code i} is set if weight {@code i} is negative. */
    int signs(MemorySegment data, long block, int eight);

    default float offset(MemorySegment data, long block, int eight) {
        return 0;
    }
}
