package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** What Q4_K and Q5_K share: eight groups of 32, whose scales and minima are stored in 6 bits, packed into 12 bytes. */
abstract class SixBitAffineBlocks extends BlockEncoder {
    private static final int GROUP = 32;
    private static final int GREATEST = 63;

    private final AffineSearch search;

    SixBitAffineBlocks(TensorType type, AffineSearch search) {
        super(type);
        this.search = search;
    }

    /** Writes what follows the scales: the block's 256 codes. */
    abstract void putCodes(int[] codes, ByteBuffer out);

    @Override
    final void encodeBlock(float[] x, int at, ByteBuffer out) {
        var groups = new AffineGroups(x, at, GROUP, search, SixBitAffineBlocks::importance);
        float greatestScale = AffineGroups.greatest(groups.scales());
        float greatestMinimum = AffineGroups.greatest(groups.minima());
        int[] scales = sixBits(groups.scales(), greatestScale);
        int[] minima = sixBits(groups.minima(), greatestMinimum);
        short scaleFactor = Rounding.toHalf(greatestScale / GREATEST);
        short minimumFactor = Rounding.toHalf(greatestMinimum / GREATEST);
        out.putShort(scaleFactor);
        out.putShort(minimumFactor);
        putPacked(scales, minima, out);
        putCodes(groups.codes(scales, Float.float16ToFloat(scaleFactor), minima, Float.float16ToFloat(minimumFactor)),
                out);
    }

    /** A weight's size and the group's quadratic mean. */
    private static float[] importance(float[] x, int at, int count) {
        float squares = 0;
        for (int i = at; i < at + count; i++) {
            squares += x[i] * x[i];
        }
        float mean = (float) Math.sqrt(squares / count);
        var importance = new float[count];
        for (int i = 0; i < count; i++) {
            importance[i] = mean + Math.abs(x[at + i]);
        }
        return importance;
    }

    private static int[] sixBits(float[] values, float greatest) {
        float inverse = greatest > 0 ? GREATEST / greatest : 0;
        var codes = new int[values.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = Rounding.toEven(inverse * values[i], 0, GREATEST);
        }
        return codes;
    }

    /** The first four scales, then minima, with the upper two bits of the last four above them; then the lower four bits of those. */
    private static void putPacked(int[] scales, int[] minima, ByteBuffer out) {
        for (int[] values : new int[][]{scales, minima}) {
            for (int i = 0; i < 4; i++) {
                out.put((byte) (values[i] | values[i + 4] >> 4 << 6));
            }
        }
        for (int i = 4; i < 8; i++) {
            out.put((byte) (scales[i] & 15 | (minima[i] & 15) << 4));
        }
    }
}
