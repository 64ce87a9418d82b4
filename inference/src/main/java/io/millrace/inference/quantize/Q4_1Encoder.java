package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** Q4_1: sixteen even steps from the least weight to the greatest. */
final class Q4_1Encoder extends BlockEncoder {
    private static final int GREATEST_CODE = 15;

    Q4_1Encoder() {
        super(TensorType.Q4_1);
    }

    @Override
    void encodeBlock(float[] x, int at, ByteBuffer out) {
        Range range = Range.of(x, at, PlainCodes.BLOCK);
        float scale = (range.greatest() - range.least()) / GREATEST_CODE;
        out.putShort(Rounding.toHalf(scale));
        out.putShort(Rounding.toHalf(range.least()));
        int[] codes = PlainCodes.above(range.least(), scale, GREATEST_CODE, x, at);
        Packing.putNibbles(codes, 0, PlainCodes.BLOCK / 2, out);
    }
}
