package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** TQ2_0: -1, 0 or 1 times the largest size; two bits each, plus one. */
final class TQ2_0Encoder extends BlockEncoder {
    private static final int WEIGHTS = 256;

    TQ2_0Encoder() {
        super(TensorType.TQ2_0);
    }

    @Override
    void encodeBlock(float[] x, int at, ByteBuffer out) {
        float scale = Math.abs(Range.farthestFromZero(x, at, WEIGHTS));
        float inverse = Rounding.inverse(scale);
        var codes = new int[WEIGHTS];
        for (int i = 0; i < WEIGHTS; i++) {
            codes[i] = Rounding.awayFromZero(x[at + i] * inverse) + 1;
        }
        Packing.putPairs(codes, 0, 0, out);
        Packing.putPairs(codes, WEIGHTS / 2, 0, out);
        out.putShort(Rounding.toHalf(scale));
    }
}
