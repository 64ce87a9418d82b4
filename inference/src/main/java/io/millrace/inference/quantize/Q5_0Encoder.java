package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** Q5_0: the weight of the largest size becomes -16 times a scale of either sign. */
final class Q5_0Encoder extends BlockEncoder {
    private static final int ZERO = 16;

    Q5_0Encoder() {
        super(TensorType.Q5_0);
    }

    @Override
    void encodeBlock(float[] x, int at, ByteBuffer out) {
        float scale = Range.farthestFromZero(x, at, PlainCodes.BLOCK) / -ZERO;
        int[] codes = PlainCodes.around(ZERO, scale, x, at);
        out.putShort(Rounding.toHalf(scale));
        out.putInt(Packing.fifthBits(codes));
        Packing.putNibbles(codes, 0, PlainCodes.BLOCK / 2, out);
    }
}
