package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** Q3_K: 16 groups of 16 with codes of 3 bits, whose scales are stored in 6 bits, packed into 12 bytes. */
final class Q3_KEncoder extends BlockEncoder {
    private static final int ZERO = 4;
    private static final int SCALE_ZERO = 32;

    Q3_KEncoder() {
        super(TensorType.Q3_K);
    }

    @Override
    void encodeBlock(float[] x, int at, ByteBuffer out) {
        var groups = new SymmetricGroups(x, at, ZERO, SymmetricSearch::changingCodes);
        float farthest = groups.farthestScale();
        float inverse = farthest == 0 ? 0 : -SCALE_ZERO / farthest;
        short factor = Rounding.toHalf(Rounding.inverse(inverse));
        int[] scales = groups.scaleCodes(inverse, SCALE_ZERO);
        int[] codes = groups.codes(scales, Float.float16ToFloat(factor));
        Packing.putBits(codes, 2, out);
        Packing.putPairs(codes, 0, 0, out);
        Packing.putPairs(codes, SymmetricGroups.WEIGHTS / 2, 0, out);
        putScales(scales, farthest == 0, out);
        out.putShort(factor);
    }

    /** The lower nibbles of two scales in each of eight bytes, then the upper pairs of four in each of four. Of no scales at all, zeroes. */
    private static void putScales(int[] scales, boolean none, ByteBuffer out) {
        var biased = new int[scales.length];
        for (int i = 0; i < scales.length; i++) {
            biased[i] = none ? 0 : scales[i] + SCALE_ZERO;
        }
        Packing.putNibbles(biased, 0, 8, out);
        for (int i = 0; i < 4; i++) {
            int packed = 0;
            for (int quarter = 0; quarter < 4; quarter++) {
                packed |= biased[i + 4 * quarter] >> 4 << 2 * quarter;
            }
            out.put((byte) packed);
        }
    }
}
