package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/**
 * IQ2_XXS: a half-precision factor, then eight groups of 32 weights, eight bytes each: four places in the grid of 256, then four times seven signs and a scale of
 * four bits. 66 bytes.
 */
final class IQ2_XXSRows implements GridFormat {
    private static final int GROUPS = 2;
    private final Grid grid = Grid.of("iq2_xxs");

    private static int signsAndScale(MemorySegment data, long block, int group) {
        return Fields.int32(data, block + GROUPS + group / 4 * 8L + 4);
    }

    @Override
    public Grid grid() {
        return grid;
    }

    @Override
    public int place(MemorySegment data, long block, int group) {
        return Fields.unsignedByte(data, block + GROUPS + group / 4 * 8L + group % 4);
    }

    @Override
    public float scale(MemorySegment data, long block, int group) {
        return Fields.half(data, block) * (0.5f + (signsAndScale(data, block, group) >>> 28)) * 0.25f;
    }

    @Override
    public int signs(MemorySegment data, long block, int group) {
        return Grid.evenSigns(signsAndScale(data, block, group) >>> 7 * (group % 4) & 127);
    }
}
