package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/**
 * IQ2_S: a half-precision factor; for each eight weights the lower byte of a place in the grid of 1024, then a byte of signs; the places' upper two bits; then a
 * scale of four bits for each 16. 82 bytes.
 */
final class IQ2_SRows implements GridFormat {
    private static final int CODES = 2;
    private static final int SIGNS = 34;
    private static final int HIGH_BITS = 66;
    private static final int SCALES = 74;
    private final Grid grid = Grid.of("iq2_s");

    @Override
    public Grid grid() {
        return grid;
    }

    @Override
    public int place(MemorySegment data, long block, int group) {
        int high = Fields.unsignedByte(data, block + HIGH_BITS + group / 4) >> 2 * (group % 4) & 3;
        return Fields.unsignedByte(data, block + CODES + group) | high << 8;
    }

    @Override
    public float scale(MemorySegment data, long block, int group) {
        int scale = Fields.nibble(data, block + SCALES + group / 4, group % 4 >= 2);
        return Fields.half(data, block) * (0.5f + scale) * 0.25f;
    }

    @Override
    public int signs(MemorySegment data, long block, int group) {
        return Fields.unsignedByte(data, block + SIGNS + group);
    }
}
