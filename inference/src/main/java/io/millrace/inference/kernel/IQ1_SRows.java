package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/**
 * IQ1_S: a half-precision factor; for each eight weights the lower byte of a place in the grid of 2048; then a short for each 32: the places' upper
 * three bits, a scale of three bits, and whether weights are shifted down or up by an eighth. 50 bytes.
 */
final class IQ1_SRows implements GridFormat {
    private static final int CODES = 2;
    private static final int HIGH_BITS = 34;
    private static final float SHIFT = 0.125f;
    private final Grid grid = Grid.of("iq1");

    private static int high(MemorySegment data, long block, int group) {
        return Fields.unsignedShort(data, block + HIGH_BITS + group / 4 * 2L);
    }

    @Override
    public Grid grid() {
        return grid;
    }

    @Override
    public int place(MemorySegment data, long block, int group) {
        int upper = high(data, block, group) >> 3 * (group % 4) & 7;
        return Fields.unsignedByte(data, block + CODES + group) | upper << 8;
    }

    @Override
    public float scale(MemorySegment data, long block, int group) {
        return Fields.half(data, block) * (2 * (high(data, block, group) >> 12 & 7) + 1);
    }

    @Override
    public int signs(MemorySegment data, long block, int group) {
        return 0;
    }

    @Override
    public float offset(MemorySegment data, long block, int group) {
        return (high(data, block, group) & 0x8000) == 0 ? SHIFT : -SHIFT;
    }
}
