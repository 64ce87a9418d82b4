package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** Q2_K: 16 groups of 16, whose scales and minima are stored in 4 bits. */
final class Q2_KEncoder extends BlockEncoder {
    private static final int GROUP = 16;
    private static final int GREATEST = 15;

    private final AffineSearch search = new AffineSearch(3, -0.5f, 16, true);

    Q2_KEncoder() {
        super(TensorType.Q2_K);
    }

    @Override
    void encodeBlock(float[] x, int at, ByteBuffer out) {
        var groups = new AffineGroups(x, at, GROUP, search, Q2_KEncoder::sizes);
        float greatestScale = AffineGroups.greatest(groups.scales());
        float greatestMinimum = AffineGroups.greatest(groups.minima());
        int[] scales = fourBits(groups.scales(), greatestScale);
        int[] minima = fourBits(groups.minima(), greatestMinimum);
        short scaleFactor = Rounding.toHalf(greatestScale / GREATEST);
        short minimumFactor = Rounding.toHalf(greatestMinimum / GREATEST);
        int[] codes = groups.codes(scales, Float.float16ToFloat(scaleFactor), minima,
                Float.float16ToFloat(minimumFactor));
        for (int group = 0; group < scales.length; group++) {
            out.put((byte) (scales[group] | minima[group] << 4));
        }
        Packing.putPairs(codes, 0, 0, out);
        Packing.putPairs(codes, AffineGroups.WEIGHTS / 2, 0, out);
        out.putShort(scaleFactor);
        out.putShort(minimumFactor);
    }

    private static float[] sizes(float[] x, int at, int count) {
        var sizes = new float[count];
        for (int i = 0; i < count; i++) {
            sizes[i] = Math.abs(x[at + i]);
        }
        return sizes;
    }

    private static int[] fourBits(float[] values, float greatest) {
        float inverse = greatest > 0 ? GREATEST / greatest : 0;
        var codes = new int[values.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = Rounding.toEven(inverse * values[i], 0, GREATEST);
        }
        return codes;
    }
}
