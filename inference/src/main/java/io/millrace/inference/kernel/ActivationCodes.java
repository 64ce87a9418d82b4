package io.millrace.inference.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Activations as whole numbers from -127 to 127, each {@link Activations#BLOCK} of them with a scale of their own: what ggml calls
 * Q8_0, with the scale in single precision.
 */
final class ActivationCodes {
    private static final int LARGEST = 127;

    /** Added to a small number, it leaves the number, rounded to even, in the lowest bits. */
    private static final float ROUNDING = 0x1.8p23f;
    private static final int ROUNDING_BITS = Float.floatToRawIntBits(ROUNDING);

    private final float[] pairs;
    private final float[] scales;
    private final float[] sums;
    private final float[] biases;

    ActivationCodes(int count) {
        int blocks = count / Activations.BLOCK;
        pairs = new float[count];
        scales = new float[blocks];
        sums = new float[blocks];
        biases = new float[blocks];
    }

    /**
     * Each code twice, as two shorts, kept in what Java calls a float: one instruction then spreads it from memory over a vector. Only the bits
     * count.
     */
    float[] pairs() {
        return pairs;
    }

    /** A number of 16 bits in the form of {@link #pairs}. */
    static float pair(int value) {
        return Float.intBitsToFloat(twice(value));
    }

    /** The number of a {@link #pair}. */
    static int code(float pair) {
        return Float.floatToRawIntBits(pair) >> Short.SIZE;
    }

    /** What a block's codes are to be multiplied with. */
    float[] scales() {
        return scales;
    }

    /** The sum of a block's codes, times its scale. */
    float[] sums() {
        return sums;
    }

    /** -{@link NibblePanels#BIAS} times the sum of a block's codes, modulo 2^16, in the same form as {@link #pairs}. */
    float[] biases() {
        return biases;
    }

    /** Encodes the block of values that begins at an index. */
    void encode(float[] values, int at) {
        var most = FloatVector.zero(Lanes.FLOATS);
        for (int i = 0; i < Activations.BLOCK; i += Lanes.COUNT) {
            most = most.max(FloatVector.fromArray(Lanes.FLOATS, values, at + i).abs());
        }
        float scale = most.reduceLanes(VectorOperators.MAX) / LARGEST;
        float inverse = scale == 0 ? 0 : 1 / scale;
        var sum = IntVector.zero(Lanes.INTS);
        for (int i = 0; i < Activations.BLOCK; i += Lanes.COUNT) {
            var codes = FloatVector.fromArray(Lanes.FLOATS, values, at + i).mul(inverse).add(ROUNDING)
                    .reinterpretAsInts().sub(ROUNDING_BITS);
            sum = sum.add(codes);
            codes.and(0xffff).or(codes.lanewise(VectorOperators.LSHL, Short.SIZE)).reinterpretAsFloats()
                    .intoArray(pairs, at + i);
        }
        int total = sum.reduceLanes(VectorOperators.ADD);
        int block = at / Activations.BLOCK;
        scales[block] = scale;
        sums[block] = scale * total;
        biases[block] = pair(-NibblePanels.BIAS * total);
    }

    private static int twice(int value) {
        return value & 0xffff | value << Short.SIZE;
    }
}
