package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** Q6_K: 16 groups of 16 with codes of 6 bits, whose scales are stored in 8. */
final class Q6_KEncoder extends BlockEncoder {
    private static final int ZERO = 32;
    private static final int SCALE_LIMIT = 128;
    private static final int BLOCK_BYTES = 210;
    private static final int SPAN = 128;

    Q6_KEncoder() {
        super(TensorType.Q6_K);
    }

    @Override
    void encodeBlock(float[] x, int at, ByteBuffer out) {
        var groups = new SymmetricGroups(x, at, ZERO, SymmetricSearch::tryingScales);
        float farthest = groups.farthestScale();
        if (Math.abs(farthest) < SymmetricSearch.NEGLIGIBLE) {
            out.put(new byte[BLOCK_BYTES]);
            return;
        }
        float inverse = -SCALE_LIMIT / farthest;
        short factor = Rounding.toHalf(1 / inverse);
        int[] scales = groups.scaleCodes(inverse, SCALE_LIMIT);
        int[] codes = groups.codes(scales, Float.float16ToFloat(factor));
        for (int span = 0; span < codes.length; span += SPAN) {
            Packing.putNibbles(codes, span, SPAN / 2, out);
        }
        for (int span = 0; span < codes.length; span += SPAN) {
            Packing.putPairs(codes, span, 4, out);
        }
        for (int scale : scales) {
            out.put((byte) scale);
        }
        out.putShort(factor);
    }
}
