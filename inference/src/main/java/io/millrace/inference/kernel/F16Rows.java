package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** IEEE half precision, two bytes a weight. */
final class F16Rows {
    private F16Rows() {}

    static float weightAt(MemorySegment data, long offset, int index) {
        return Float.float16ToFloat(data.get(Layouts.SHORT, offset + (long) index * Short.BYTES));
    }

    /** To the nearest, which beyond the type's range is infinity. */
    static void write(float[] x, int xOffset, int count, MemorySegment data, long offset) {
        for (int i = 0; i < count; i++) {
            data.set(Layouts.SHORT, offset + (long) i * Short.BYTES, Float.floatToFloat16(x[xOffset + i]));
        }
    }

    static final class Scalar extends ScalarRows {
        @Override
        float weight(MemorySegment data, long offset, int index) {
            return weightAt(data, offset, index);
        }
    }

    /** The conversion stands in each loop: as a method that returns a vector it may not be inlined, and then each vector is an object. */
    static final class Vector implements FusedRowFormat {
        private static final int SIGN = 0x8000;
        private static final int MAGNITUDE = 0x7fff;
        private static final int INFINITY = 0x7c00;
        private static final int EXPONENT_ALL_ONES = 0x7f800000;
        private static final int MANTISSA_SHIFT = 23 - 10;
        /** 2^112, the distance between the two exponents' biases: a multiplication that also normalises subnormals. */
        private static final float REBIAS = 0x1p112f;

        @Override
        public void dequantize(MemorySegment data, long offset, int count, float[] out, int outOffset) {
            int i = 0;
            for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
                var bits = (IntVector) ShortVector
                        .fromMemorySegment(Lanes.SHORTS, data, offset + (long) i * Short.BYTES, Layouts.ORDER)
                        .convertShape(VectorOperators.ZERO_EXTEND_S2I, Lanes.INTS, 0);
                var magnitude = bits.and(MAGNITUDE);
                var shifted = magnitude.lanewise(VectorOperators.LSHL, MANTISSA_SHIFT);
                var finite = shifted.reinterpretAsFloats().mul(REBIAS).reinterpretAsInts();
                var weights = finite
                        .blend(shifted.or(EXPONENT_ALL_ONES), magnitude.compare(VectorOperators.GE, INFINITY))
                        .or(bits.and(SIGN).lanewise(VectorOperators.LSHL, 16)).reinterpretAsFloats();
                weights.intoArray(out, outOffset + i);
            }
            for (; i < count; i++) {
                out[outOffset + i] = weightAt(data, offset, i);
            }
        }

        @Override
        public float dot(MemorySegment data, long offset, int count, float[] x, int xOffset) {
            var sum = FloatVector.zero(Lanes.FLOATS);
            int i = 0;
            for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
                var bits = (IntVector) ShortVector
                        .fromMemorySegment(Lanes.SHORTS, data, offset + (long) i * Short.BYTES, Layouts.ORDER)
                        .convertShape(VectorOperators.ZERO_EXTEND_S2I, Lanes.INTS, 0);
                var magnitude = bits.and(MAGNITUDE);
                var shifted = magnitude.lanewise(VectorOperators.LSHL, MANTISSA_SHIFT);
                var finite = shifted.reinterpretAsFloats().mul(REBIAS).reinterpretAsInts();
                var weights = finite
                        .blend(shifted.or(EXPONENT_ALL_ONES), magnitude.compare(VectorOperators.GE, INFINITY))
                        .or(bits.and(SIGN).lanewise(VectorOperators.LSHL, 16)).reinterpretAsFloats();
                sum = weights.fma(FloatVector.fromArray(Lanes.FLOATS, x, xOffset + i), sum);
            }
            float tail = 0;
            for (; i < count; i++) {
                tail = Math.fma(weightAt(data, offset, i), x[xOffset + i], tail);
            }
            return VectorKernels.total(sum, tail);
        }
    }
}
