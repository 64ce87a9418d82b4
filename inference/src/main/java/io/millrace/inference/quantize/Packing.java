package io.millrace.inference.quantize;

import java.nio.ByteBuffer;

/** How codes of less than a byte lie in bytes. */
final class Packing {
    private static final int SPAN = 32;

    private Packing() {}

    /** {@code count} bytes of the codes' lower four bits: the first {@code count} codes below, the next above. */
    static void putNibbles(int[] codes, int from, int count, ByteBuffer out) {
        for (int i = from; i < from + count; i++) {
            out.put((byte) (codes[i] & 15 | (codes[i + count] & 15) << 4));
        }
    }

    /** Bytes of the codes' lower four bits: a byte has two that follow each other. */
    static void putNeighbours(int[] codes, ByteBuffer out) {
        for (int i = 0; i < codes.length; i += 2) {
            out.put((byte) (codes[i] | codes[i + 1] << 4));
        }
    }

    /** 32 bytes of two bits of 128 codes, those above {@code shift}; a byte has codes that stand 32 apart. */
    static void putPairs(int[] codes, int from, int shift, ByteBuffer out) {
        for (int i = from; i < from + SPAN; i++) {
            int packed = 0;
            for (int span = 0; span < 4; span++) {
                packed |= (codes[i + span * SPAN] >> shift & 3) << 2 * span;
            }
            out.put((byte) packed);
        }
    }

    /** 32 bytes of one bit of 256 codes; a byte has codes that stand 32 apart. */
    static void putBits(int[] codes, int bit, ByteBuffer out) {
        for (int i = 0; i < SPAN; i++) {
            int packed = 0;
            for (int span = 0; span < 8; span++) {
                packed |= (codes[i + span * SPAN] >> bit & 1) << span;
            }
            out.put((byte) packed);
        }
    }

    /** The fifth bits of 32 codes. */
    static int fifthBits(int[] codes) {
        int bits = 0;
        for (int i = 0; i < SPAN; i++) {
            bits |= (codes[i] >> 4 & 1) << i;
        }
        return bits;
    }
}
