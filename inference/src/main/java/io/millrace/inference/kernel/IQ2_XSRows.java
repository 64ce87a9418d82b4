package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/**
 * IQ2_XS: a half-precision factor, a short for each eight weights (a place in the grid of 512, and seven signs), then a scale of four bits for each 16.
 * 74 bytes.
 */
final class IQ2_XSRows implements GridFormat {
    private static final int CODES = 2;
    private static final int SCALES = 66;
    private final Grid grid = Grid.of("iq2_xs");

    @Override
    public Grid grid() {
        return grid;
    }

    @Override
    public int place(MemorySegment data, long block, int group) {
        return Fields.unsignedShort(data, block + CODES + 2L * group) & 511;
    }

    @Override
    public float scale(MemorySegment data, long block, int group) {
        int scale = Fields.nibble(data, block + SCALES + group / 4, group % 4 >= 2);
        return Fields.half(data, block) * (0.5f + scale) * 0.25f;
    }

    @Override
    public int signs(MemorySegment data, long block, int group) {
        return Grid.evenSigns(Fields.unsignedShort(data, block + CODES + 2L * group) >> 9);
    }
}
