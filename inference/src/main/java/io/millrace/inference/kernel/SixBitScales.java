package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/** What Q4_K and Q5_K begin with: half-precision factors of scales and minima, then eight of each in 6 bits, packed into 12 bytes. */
final class SixBitScales {
    private static final int MINIMUM_FACTOR = 2;
    private static final int PACKED = 4;

    private SixBitScales() {}

    static float scale(MemorySegment data, long block, int group) {
        return Fields.half(data, block) * scaleCode(data, block, group);
    }

    static float minimum(MemorySegment data, long block, int group) {
        return Fields.half(data, block + MINIMUM_FACTOR) * minimumCode(data, block, group);
    }

    static int scaleCode(MemorySegment data, long block, int group) {
        return unpacked(data, block + PACKED, group, false);
    }

    static int minimumCode(MemorySegment data, long block, int group) {
        return unpacked(data, block + PACKED, group, true);
    }

    /** The first four scales and minima have bytes of their own, whose upper two bits belong to the last four. */
    private static int unpacked(MemorySegment data, long packed, int group, boolean minimum) {
        int own = group % 4 + (minimum ? 4 : 0);
        int value = Fields.unsignedByte(data, packed + own);
        return group < 4 ? value & 63 : Fields.nibble(data, packed + 8 + group % 4, minimum) | value >> 6 << 4;
    }
}
