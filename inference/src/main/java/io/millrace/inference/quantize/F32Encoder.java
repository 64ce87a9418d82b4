package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** F32: the weights themselves. */
final class F32Encoder extends BlockEncoder {
    F32Encoder() {
        super(TensorType.F32);
    }

    @Override
    void encodeBlock(float[] x, int at, ByteBuffer out) {
        out.putFloat(x[at]);
    }
}
