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

    static final class Vector implements FusedRowFormat {
        private static final int SIGN = 0x8000;
        private static final int MAGNITUDE = 0x7fff;
        private static final int INFINITY = 0x7c00;
        private static final int EXPONENT_ALL_ONES = 0x7f800000;
        private static final int MANTISSA_SHIFT = 23 - 10;
        /** 2^112, the distance between the two exponents' biases: a multiplication that also normalises subnormals. */
        private static final float REBIAS = 0x1p112f;

        /** The weights at byte {@code offset}, one a lane. */
        private static FloatVector load(MemorySegment data, long offset) {
            var bits = (IntVector) ShortVector
                    .fromMemorySegment(Lanes.SHORTS, data, offset, Layouts.ORDER)
                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, Lanes.INTS, 0);
            var magnitude = bits.and(MAGNITUDE);
            var value = magnitude.lanewise(VectorOperators.LSHL, MANTISSA_SHIFT).reinterpretAsFloats().mul(REBIAS)
                    .reinterpretAsInts();
            var special = magnitude.compare(VectorOperators.GE, INFINITY);
            var finite = value.blend(
                    magnitude.lanewise(VectorOperators.LSHL, MANTISSA_SHIFT).or(EXPONENT_ALL_ONES), special);
            return finite.or(bits.and(SIGN).lanewise(VectorOperators.LSHL, 16)).reinterpretAsFloats();
        }

        @Override
        public void dequantize(MemorySegment data, long offset, int count, float[] out, int outOffset) {
            int i = 0;
            for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
                load(data, offset + (long) i * Short.BYTES).intoArray(out, outOffset + i);
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
                sum = load(data, offset + (long) i * Short.BYTES)
                        .fma(FloatVector.fromArray(Lanes.FLOATS, x, xOffset + i), sum);
            }
            float tail = 0;
            for (; i < count; i++) {
                tail = Math.fma(weightAt(data, offset, i), x[xOffset + i], tail);
            }
            return VectorKernels.total(sum, tail);
        }
    }
}
