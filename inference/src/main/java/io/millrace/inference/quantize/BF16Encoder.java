package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** BF16: the upper halves of the weights, rounded to the nearest, of two the even one. */
final class BF16Encoder extends BlockEncoder {
    private static final int ROUNDING = 0x7fff;

    BF16Encoder() {
        super(TensorType.BF16);
    }

    @Override
    void encodeBlock(float[] x, int at, ByteBuffer out) {
        int bits = Float.floatToRawIntBits(x[at]);
        int rounded = bits + ROUNDING + (bits >> Short.SIZE & 1);
        if (!Float.isFinite(Float.intBitsToFloat(rounded))) {
            throw new ArithmeticException("bfloat16 cannot hold " + x[at]);
        }
        out.putShort((short) (rounded >> Short.SIZE));
    }
}
