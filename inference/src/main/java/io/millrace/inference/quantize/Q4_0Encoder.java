package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** Q4_0: the weight of the largest size becomes -8 times a scale of either sign. */
final class Q4_0Encoder extends BlockEncoder {
    private static final int ZERO = 8;

    Q4_0Encoder() {
        super(TensorType.Q4_0);
    }

    @Override
    void encodeBlock(float[] x, int at, ByteBuffer out) {
        float scale = Range.farthestFromZero(x, at, PlainCodes.BLOCK) / -ZERO;
        out.putShort(Rounding.toHalf(scale));
        Packing.putNibbles(PlainCodes.around(ZERO, scale, x, at), 0, PlainCodes.BLOCK / 2, out);
    }
}
