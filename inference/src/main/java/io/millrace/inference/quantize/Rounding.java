package io.millrace.inference.quantize;

/** The ways in which the formats' reference rounds. */
final class Rounding {
    /** 1.5 times 2^23: added to a float, it leaves no room for a fraction. */
    private static final float NO_FRACTION = 12_582_912;
    private static final int MANTISSA = 0x7f_ffff;
    private static final int HALF_OF_MANTISSA = 0x40_0000;

    private Rounding() {}

    /** The nearest integer, of two the even one; for sizes below 2^22. Beyond, some integer: callers clamp it. */
    static int toEven(float value) {
        return (Float.floatToRawIntBits(value + NO_FRACTION) & MANTISSA) - HALF_OF_MANTISSA;
    }

    /** As {@link #toEven}, but no less than {@code least} and no more than {@code most}. */
    static int toEven(float value, int least, int most) {
        return Math.clamp(toEven(value), least, most);
    }

    /** The nearest integer, of two the one farther from zero. The sum needs a double: 0.49999997f + 0.5f is 1. */
    static int awayFromZero(float value) {
        return (int) (value + Math.copySign(0.5, value));
    }

    /**
     * The bits of the nearest half-precision number.
     *
     * @throws ArithmeticException if that is infinite
     */
    static short toHalf(float value) {
        short half = Float.floatToFloat16(value);
        if (!Float.isFinite(Float.float16ToFloat(half))) {
            throw new ArithmeticException("half precision cannot hold " + value);
        }
        return half;
    }

    /** {@code 1 / scale}, and 0 for 0. */
    static float inverse(float scale) {
        return scale == 0 ? 0 : 1 / scale;
    }
}
