package io.millrace.inference.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * e to the power of many numbers, within two units in the last place: {@code 2^n * e^r} with {@code |r| <= ln(2) / 2}, and a polynomial for {@code e^r} (the coefficients are those of
 * Moshier's Cephes). Made of exact single operations, so that interpreted and compiled code agree to the bit, which {@code lanewise(EXP)} does not promise. Where it would be
 * subnormal it is 0, and beyond the range infinite.
 *
 * <p>The formula stands in each loop: as a method that takes and returns a vector it is too large to be inlined, and then each vector is an object.
 */
final class Exponential {
    private static final float LOWEST = -87;
    private static final float HIGHEST = 88;
    private static final float LOG2_E = 1.442695f;
    private static final float LN2_HIGH = 0.6933594f;
    private static final float LN2_LOW = -0.00021219444f;
    private static final float C5 = 0.00019875691f;
    private static final float C4 = 0.0013981999f;
    private static final float C3 = 0.008333452f;
    private static final float C2 = 0.041665796f;
    private static final float C1 = 0.16666666f;
    private static final float C0 = 0.5f;
    /** Added to a small number, it leaves the number, rounded to even, in the lowest bits. */
    private static final float ROUNDING = 0x1.8p23f;
    private static final int MANTISSA_BITS = 23;

    private Exponential() {}

    /** {@code x = e^(x - minus)}, in place, of a whole number of vectors. */
    static void apply(float[] values, int at, int count, float minus) {
        for (int i = at; i < at + count; i += Lanes.COUNT) {
            var x = FloatVector.fromArray(Lanes.FLOATS, values, i).sub(minus);
            var rounded = x.max(LOWEST).min(HIGHEST).mul(LOG2_E).add(ROUNDING);
            var power = rounded.sub(ROUNDING);
            var rest = power.mul(-LN2_HIGH).add(x.max(LOWEST).min(HIGHEST)).sub(power.mul(LN2_LOW));
            var sum = rest.mul(C5).add(C4).mul(rest).add(C3).mul(rest).add(C2).mul(rest).add(C1).mul(rest).add(C0);
            var fraction = sum.mul(rest).mul(rest).add(rest).add(1).reinterpretAsInts();
            var result = fraction.add(rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS))
                    .reinterpretAsFloats().blend(0, x.compare(VectorOperators.LT, LOWEST))
                    .blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, HIGHEST));
            result.intoArray(values, i);
        }
    }

    /** {@code gate = gate / (1 + e^-gate) * up}, in place, of a whole number of vectors. */
    static void swiglu(float[] gate, float[] up, int at, int count) {
        for (int i = at; i < at + count; i += Lanes.COUNT) {
            var value = FloatVector.fromArray(Lanes.FLOATS, gate, i);
            var x = value.neg();
            var rounded = x.max(LOWEST).min(HIGHEST).mul(LOG2_E).add(ROUNDING);
            var power = rounded.sub(ROUNDING);
            var rest = power.mul(-LN2_HIGH).add(x.max(LOWEST).min(HIGHEST)).sub(power.mul(LN2_LOW));
            var sum = rest.mul(C5).add(C4).mul(rest).add(C3).mul(rest).add(C2).mul(rest).add(C1).mul(rest).add(C0);
            var fraction = sum.mul(rest).mul(rest).add(rest).add(1).reinterpretAsInts();
            var result = fraction.add(rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS))
                    .reinterpretAsFloats().blend(0, x.compare(VectorOperators.LT, LOWEST))
                    .blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, HIGHEST));
            value.div(result.add(1)).mul(FloatVector.fromArray(Lanes.FLOATS, up, i)).intoArray(gate, i);
        }
    }
}
