package io.millrace.inference.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * e to the power of each lane, within two units in the last place: {@code 2^n * e^r} with {@code |r| <= ln(2) / 2}, and a polynomial for {@code e^r} (the coefficients are those of
 * Moshier's Cephes). Made of exact single operations, so that interpreted and compiled code agree to the bit, which {@code lanewise(EXP)} does not promise.
 */
final class Exponential {
    /** Below it the result would be subnormal, and is 0. */
    private static final float LOWEST = -87;
    private static final float HIGHEST = 88;
    private static final float LOG2_E = 1.442695f;
    private static final float LN2_HIGH = 0.6933594f;
    private static final float LN2_LOW = -0.00021219444f;
    /** Added to a small number, it leaves the number, rounded to even, in the lowest bits. */
    private static final float ROUNDING = 0x1.8p23f;
    private static final int MANTISSA_BITS = 23;

    private Exponential() {}

    static FloatVector of(FloatVector x) {
        var rounded = x.max(LOWEST).min(HIGHEST).mul(LOG2_E).add(ROUNDING);
        var power = rounded.sub(ROUNDING);
        var rest = power.mul(-LN2_HIGH).add(x.max(LOWEST).min(HIGHEST)).sub(power.mul(LN2_LOW));
        var sum = rest.mul(0.00019875691f).add(0.0013981999f).mul(rest).add(0.008333452f).mul(rest)
                .add(0.041665796f).mul(rest).add(0.16666666f).mul(rest).add(0.5f);
        var result = sum.mul(rest).mul(rest).add(rest).add(1);
        return result.reinterpretAsInts().add(rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS))
                .reinterpretAsFloats().blend(0, x.compare(VectorOperators.LT, LOWEST));
    }
}
