package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** The upper half of a single-precision float, two bytes a weight. */
final class BF16Rows {
    private BF16Rows() {}

    static float weightAt(MemorySegment data, long offset, int index) {
        return Float.intBitsToFloat(data.get(Layouts.SHORT, offset + (long) index * Short.BYTES) << 16);
    }

    static final class Scalar extends ScalarRows {
        @Override
        float weight(MemorySegment data, long offset, int index) {
            return weightAt(data, offset, index);
        }
    }

    static final class Vector implements FusedRowFormat {
        private static FloatVector load(MemorySegment data, long offset) {
            return ShortVector.fromMemorySegment(Lanes.SHORTS, data, offset, Layouts.ORDER)
                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, Lanes.INTS, 0)
                    .lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
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
