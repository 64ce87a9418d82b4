package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** Q4_K: after the scales, of each 64 codes the first 32 in lower nibbles, the next in upper ones. */
final class Q4_KEncoder extends SixBitAffineBlocks {
    private static final int GROUP = 32;

    Q4_KEncoder() {
        super(TensorType.Q4_K, new AffineSearch(15, -1, 21, false));
    }

    @Override
    void putCodes(int[] codes, ByteBuffer out) {
        for (int i = 0; i < codes.length; i += 2 * GROUP) {
            Packing.putNibbles(codes, i, GROUP, out);
        }
    }
}
