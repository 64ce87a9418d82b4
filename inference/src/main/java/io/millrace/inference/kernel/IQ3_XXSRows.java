package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/**
 * IQ3_XXS: a half-precision factor; a place in the grid of 256 for each four weights; then for each 32 four times seven signs and a scale of four
 * bits. 98 bytes.
 */
final class IQ3_XXSRows implements GridFormat {
    private static final int CODES = 2;
    private static final int SIGNS_AND_SCALES = 66;
    private final Grid grid = Grid.of("iq3_xxs");

    private static int signsAndScale(MemorySegment data, long block, int group) {
        return Fields.int32(data, block + SIGNS_AND_SCALES + group / 8 * 4L);
    }

    @Override
    public Grid grid() {
        return grid;
    }

    @Override
    public int place(MemorySegment data, long block, int group) {
        return Fields.unsignedByte(data, block + CODES + group);
    }

    @Override
    public float scale(MemorySegment data, long block, int group) {
        return Fields.half(data, block) * (0.5f + (signsAndScale(data, block, group) >>> 28)) * 0.5f;
    }

    @Override
    public int signs(MemorySegment data, long block, int group) {
        int eight = Grid.evenSigns(signsAndScale(data, block, group) >>> 7 * (group / 2 % 4) & 127);
        return eight >> 4 * (group % 2);
    }
}
