package io.millrace.inference.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Vectors of half-precision numbers, two to an int, as single-precision ones. There is no such conversion in the Vector API. Infinities and NaNs, which a sound
 * model does not have, become numbers beyond 65504.
 */
final class HalfPairs {
    private static final int MAGNITUDE = 0x7fff;
    private static final int SIGN = 0x8000;
    /** From the bits of a half's exponent to those of a float's. */
    private static final int SHIFT = 13;
    /** The difference of the exponents' biases; multiplying makes subnormal halves right as well. */
    private static final float REBIAS = 0x1p112f;

    private HalfPairs() {}

    static FloatVector lower(IntVector pairs) {
        return widen(pairs.and(0xffff));
    }

    static FloatVector upper(IntVector pairs) {
        return widen(pairs.lanewise(VectorOperators.LSHR, Short.SIZE));
    }

    private static FloatVector widen(IntVector halves) {
        var magnitude = halves.and(MAGNITUDE).lanewise(VectorOperators.LSHL, SHIFT).reinterpretAsFloats().mul(REBIAS);
        return magnitude.reinterpretAsInts().or(halves.and(SIGN).lanewise(VectorOperators.LSHL, Short.SIZE))
                .reinterpretAsFloats();
    }
}
