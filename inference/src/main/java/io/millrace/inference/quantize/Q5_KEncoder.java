package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** Q5_K: after the scales the fifth bits, a bit for each group, then the lower four as in Q4_K. */
final class Q5_KEncoder extends SixBitAffineBlocks {
    private static final int GROUP = 32;

    Q5_KEncoder() {
        super(TensorType.Q5_K, new AffineSearch(31, -0.5f, 16, false));
    }

    @Override
    void putCodes(int[] codes, ByteBuffer out) {
        Packing.putBits(codes, 4, out);
        for (int i = 0; i < codes.length; i += 2 * GROUP) {
            Packing.putNibbles(codes, i, GROUP, out);
        }
    }
}
