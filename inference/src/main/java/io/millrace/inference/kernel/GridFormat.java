package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/** How a block says what the weights of a group are: {@code (weight in the grid + offset) * scale}, with a sign each. */
interface GridFormat {
    Grid grid();

    /** The group's place in the grid. */
    int place(MemorySegment data, long block, int group);

    float scale(MemorySegment data, long block, int group);

    /** Bit {@code i} is set if weight {@code i} of the group is negative. */
    int signs(MemorySegment data, long block, int group);

    default float offset(MemorySegment data, long block, int group) {
        return 0;
    }
}
