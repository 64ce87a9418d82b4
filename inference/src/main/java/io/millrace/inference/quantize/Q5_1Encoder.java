package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** Q5_1: 32 even steps from the least weight to the greatest. */
final class Q5_1Encoder extends BlockEncoder {
    private static final int GREATEST_CODE = 31;

    Q5_1Encoder() {
        super(TensorType.Q5_1);
    }

    @Override
    void encodeBlock(float[] x, int at, ByteBuffer out) {
        Range range = Range.of(x, at, PlainCodes.BLOCK);
        float scale = (range.greatest() - range.least()) / GREATEST_CODE;
        int[] codes = PlainCodes.above(range.least(), scale, GREATEST_CODE, x, at);
        out.putShort(Rounding.toHalf(scale));
        out.putShort(Rounding.toHalf(range.least()));
        out.putInt(Packing.fifthBits(codes));
        Packing.putNibbles(codes, 0, PlainCodes.BLOCK / 2, out);
    }
}
