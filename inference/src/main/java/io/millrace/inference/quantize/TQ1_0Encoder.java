package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** TQ1_0: -1, 0 or 1 times the largest size; five to a byte, as the digits of a fraction in base three. */
final class TQ1_0Encoder extends BlockEncoder {
    private static final int WEIGHTS = 256;
    private static final int DIGITS = 5;
    /** 3^5: what a byte's 256 steps are shared among. */
    private static final int FRACTIONS = 243;

    TQ1_0Encoder() {
        super(TensorType.TQ1_0);
    }

    @Override
    void encodeBlock(float[] x, int at, ByteBuffer out) {
        float scale = Math.abs(Range.farthestFromZero(x, at, WEIGHTS));
        float inverse = Rounding.inverse(scale);
        putFractions(x, at, 32, DIGITS, inverse, out);
        putFractions(x, at + 32 * DIGITS, 16, DIGITS, inverse, out);
        putFractions(x, at + 48 * DIGITS, 4, DIGITS - 1, inverse, out);
        out.putShort(Rounding.toHalf(scale));
    }

    /** {@code bytes} fractions whose digits are weights that stand so many apart; missing digits are zeroes. */
    private static void putFractions(float[] x, int at, int bytes, int digits, float inverse, ByteBuffer out) {
        for (int i = at; i < at + bytes; i++) {
            int number = 0;
            for (int digit = 0; digit < DIGITS; digit++) {
                number *= 3;
                if (digit < digits) {
                    number += Rounding.awayFromZero(x[i + digit * bytes] * inverse) + 1;
                }
            }
            out.put((byte) Math.ceilDiv(number * 256, FRACTIONS));
        }
    }
}
