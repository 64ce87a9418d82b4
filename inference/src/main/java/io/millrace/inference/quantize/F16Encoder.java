package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** F16: the nearest half-precision numbers. */
final class F16Encoder extends BlockEncoder {
    F16Encoder() {
        super(TensorType.F16);
    }

    @Override
    void encodeBlock(float[] x, int at, ByteBuffer out) {
        out.putShort(Rounding.toHalf(x[at]));
    }
}
