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
    public long codes(MemorySegment data, long block, int eight) {
        int high = Fields.unsignedByte(data, block + HIGH_BITS + eight / 4) >> 2 * (eight % 4);
        return grid.words(Fields.unsignedByte(data, block + CODES + 2L * eight) | (high & 1) << 8,
                Fields.unsignedByte(data, block + CODES + 2L * eight + 1) | (high & 2) << 7);
    }

    @Override
    public float scale(MemorySegment data, long block, int eight) {
        int scale = Fields.nibble(data, block + SCALES + eight / 8, eight % 8 >= 4);
        return Fields.half(data, block) * (1 + 2 * scale);
    }

    @Override
    public int signs(MemorySegment data, long block, int eight) {
        return Fields.unsignedByte(data, block + SIGNS + eight);
    }
}
