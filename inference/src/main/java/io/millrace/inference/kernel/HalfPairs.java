package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Vectors of half-precision numbers, two to an int, as single-precision ones. There is no such conversion in the Vector API. Infinities and NaNs, which a sound
 * model does not have, become numbers beyond 65504.
 */
final class HalfPairs {
    private static final int HALF = PanelFormat.ROWS / 2;

    /** From a half's place for exponent and fraction to a float's; the sign is copied down to the bits that are then cleared. */
    private static final int SHIFT = 3;
    private static final int SIGN_EXPONENT_FRACTION = 0x8fffe000;
    /** The difference of the exponents' biases; multiplying makes subnormal halves right as well. */
    private static final float REBIAS = 0x1p112f;

    private HalfPairs() {}

    /** Where a row's number stands among those of a panel, in bytes: row {@code r} and row {@code r + 16} are a pair. */
    static int place(int lane) {
        return lane % HALF * Integer.BYTES + lane / HALF * Short.BYTES;
    }

    /** Writes a panel's numbers, {@code count} of them, in the order of their rows. */
    static void read(MemorySegment panels, long offset, int count, float[] out, int outAt) {
        for (int i = 0; i < count; i += PanelFormat.ROWS) {
            for (int lane = i; lane < i + HALF; lane += Lanes.COUNT) {
                var pairs = IntVector.fromMemorySegment(Lanes.INTS, panels,
                        offset + (long) (lane - i / 2) * Integer.BYTES, Layouts.ORDER);
                lower(pairs).intoArray(out, outAt + lane);
                upper(pairs).intoArray(out, outAt + lane + HALF);
            }
        }
    }

    static FloatVector lower(IntVector pairs) {
        return upper(pairs.lanewise(VectorOperators.LSHL, Short.SIZE));
    }

    static FloatVector upper(IntVector pairs) {
        return pairs.lanewise(VectorOperators.ASHR, SHIFT).and(SIGN_EXPONENT_FRACTION).reinterpretAsFloats()
                .mul(REBIAS);
    }
}
