package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** IEEE single precision, four bytes a weight. */
final class F32Rows {
    private F32Rows() {}

    static void write(float[] x, int xOffset, int count, MemorySegment data, long offset) {
        MemorySegment.copy(x, xOffset, data, Layouts.FLOAT, offset, count);
    }

    static final class Scalar extends ScalarRows {
        @Override
        float weight(MemorySegment data, long offset, int index) {
            return data.get(Layouts.FLOAT, offset + (long) index * Float.BYTES);
        }
    }

    static final class Vector implements FusedRowFormat {
        @Override
        public void dequantize(MemorySegment data, long offset, int count, float[] out, int outOffset) {
            // not MemorySegment.copy: its call costs more than a row of values
            int i = 0;
            for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
                FloatVector.fromMemorySegment(Lanes.FLOATS, data, offset + (long) i * Float.BYTES, Layouts.ORDER)
                        .intoArray(out, outOffset + i);
            }
            for (; i < count; i++) {
                out[outOffset + i] = data.get(Layouts.FLOAT, offset + (long) i * Float.BYTES);
            }
        }

        @Override
        public float dot(MemorySegment data, long offset, int count, float[] x, int xOffset) {
            var sum = FloatVector.zero(Lanes.FLOATS);
            int i = 0;
            for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
                var weights = FloatVector.fromMemorySegment(Lanes.FLOATS, data, offset + (long) i * Float.BYTES,
                        Layouts.ORDER);
                sum = weights.fma(FloatVector.fromArray(Lanes.FLOATS, x, xOffset + i), sum);
            }
            float tail = 0;
            for (; i < count; i++) {
                tail = Math.fma(data.get(Layouts.FLOAT, offset + (long) i * Float.BYTES), x[xOffset + i], tail);
            }
            return VectorKernels.total(sum, tail);
        }
    }
}
