package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/**
 * IQ3_S: a half-precision factor; for each four weights the lower byte of a place in the grid of 512, then the ninth bits; a byte of signs for each eight; a
 * scale of four bits for each 32. 110 bytes.
 */
final class IQ3_SRows implements GridFormat {
    private static final int CODES = 2;
    private static final int HIGH_BITS = 66;
    private static final int SIGNS = 74;
    private static final int SCALES = 106;
    private final Grid grid = Grid.of("iq3_s");

    @Override
    public Grid grid() {
        return grid;
    }

    @Override
    public int place(MemorySegment data, long block, int group) {
        int high = Fields.unsignedByte(data, block + HIGH_BITS + group / 8) >> group % 8 & 1;
        return Fields.unsignedByte(data, block + CODES + group) | high << 8;
    }

    @Override
    public float scale(MemorySegment data, long block, int group) {
        int scale = Fields.nibble(data, block + SCALES + group / 16, group % 16 >= 8);
        return Fields.half(data, block) * (1 + 2 * scale);
    }

    @Override
    public int signs(MemorySegment data, long block, int group) {
        return Fields.unsignedByte(data, block + SIGNS + group / 2) >> 4 * (group % 2);
    }
}
