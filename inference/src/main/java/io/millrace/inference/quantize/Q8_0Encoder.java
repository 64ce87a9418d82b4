package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** Q8_0: the weight of the largest size becomes 127, or -127. */
final class Q8_0Encoder extends BlockEncoder {
    Q8_0Encoder() {
        super(TensorType.Q8_0);
    }

    @Override
    void encodeBlock(float[] x, int at, ByteBuffer out) {
        float scale = Math.abs(Range.farthestFromZero(x, at, PlainCodes.BLOCK)) / Byte.MAX_VALUE;
        float inverse = Rounding.inverse(scale);
        out.putShort(Rounding.toHalf(scale));
        for (int i = at; i < at + PlainCodes.BLOCK; i++) {
            out.put((byte) Rounding.awayFromZero(x[i] * inverse));
        }
    }
}
