package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** IQ4_XS: eight groups, whose scales are stored in 6 bits: the upper two of all in a short, the lower four in four bytes. */
final class IQ4_XSEncoder extends BlockEncoder {
    private static final int GROUPS = 8;
    private static final int SCALE_ZERO = 32;

    IQ4_XSEncoder() {
        super(TensorType.IQ4_XS);
    }

    @Override
    void encodeBlock(float[] x, int at, ByteBuffer out) {
        var scales = new float[GROUPS];
        for (int group = 0; group < GROUPS; group++) {
            scales[group] = NonLinearSearch.scale(x, at + group * NonLinearSearch.GROUP);
        }
        float factor = -Range.farthestFromZero(scales, 0, GROUPS) / SCALE_ZERO;
        float inverse = Rounding.inverse(factor);
        var scaleCodes = new int[GROUPS];
        var codes = new int[GROUPS * NonLinearSearch.GROUP];
        int upperBits = 0;
        for (int group = 0; group < GROUPS; group++) {
            int code = Rounding.toEven(inverse * scales[group], -SCALE_ZERO, SCALE_ZERO - 1);
            int first = group * NonLinearSearch.GROUP;
            NonLinearSearch.encode(x, at + first, factor * code, codes, first);
            scaleCodes[group] = code + SCALE_ZERO;
            upperBits |= scaleCodes[group] >> 4 << 2 * group;
        }
        out.putShort(Rounding.toHalf(factor));
        out.putShort((short) upperBits);
        for (int group = 0; group < GROUPS; group += 2) {
            out.put((byte) (scaleCodes[group] & 15 | (scaleCodes[group + 1] & 15) << 4));
        }
        for (int first = 0; first < codes.length; first += NonLinearSearch.GROUP) {
            Packing.putNibbles(codes, first, NonLinearSearch.GROUP / 2, out);
        }
    }
}
