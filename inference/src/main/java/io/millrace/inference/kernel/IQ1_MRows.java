package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/**
 * IQ1_M: for each eight weights the lower byte of a place in the grid of 2048; then a nibble: its upper three bits, and whether the weights are shifted down or up
 * by an eighth; then four shorts, with scales of three bits for each 16 weights and a quarter of the half-precision factor each. 56 bytes.
 */
final class IQ1_MRows implements GridFormat {
    private static final int HIGH_BITS = 32;
    private static final int SCALES = 48;
    private static final float SHIFT = 0.125f;
    private final Grid grid = Grid.of("iq1");

    private static int high(MemorySegment data, long block, int group) {
        return Fields.nibble(data, block + HIGH_BITS + group / 2, group % 2 == 1);
    }

    private static float factor(MemorySegment data, long block) {
        int bits = 0;
        for (int i = 0; i < 4; i++) {
            bits |= Fields.unsignedShort(data, block + SCALES + 2L * i) >> 12 << 4 * i;
        }
        return Float.float16ToFloat((short) bits);
    }

    @Override
    public Grid grid() {
        return grid;
    }

    @Override
    public int place(MemorySegment data, long block, int group) {
        return Fields.unsignedByte(data, block + group) | (high(data, block, group) & 7) << 8;
    }

    @Override
    public float scale(MemorySegment data, long block, int group) {
        int sixteen = group / 2;
        int scale = Fields.unsignedShort(data, block + SCALES + sixteen / 4 * 2L) >> 3 * (sixteen % 4) & 7;
        return factor(data, block) * (2 * scale + 1);
    }

    @Override
    public int signs(MemorySegment data, long block, int group) {
        return 0;
    }

    @Override
    public float offset(MemorySegment data, long block, int group) {
        return (high(data, block, group) & 8) == 0 ? SHIFT : -SHIFT;
    }
}
