package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** IEEE single precision, four bytes a weight. */
final class F32Rows {
    private F32Rows() {}

    static void write(float[] x, int xOffset, int count, MemorySegment data, long offset) {
        MemorySegment.copy(x, xOffset, data, Lanes.FLOAT, offset, count);
    }

    static final class Scalar extends ScalarRows {
        @Override
        float weight(MemorySegment data, long offset, int index) {
            return data.get(Lanes.FLOAT, offset + (long) index * Float.BYTES);
        }
    }

    static final class Vector implements CacheRowFormat {
        @Override
        public void dequantize(MemorySegment data, long offset, int count, float[] out, int outOffset) {
            // not MemorySegment.copy: its call costs more than a row of values
            int i = 0;
            for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
                FloatVector.fromMemorySegment(Lanes.FLOATS, data, offset + (long) i * Float.BYTES, Lanes.ORDER)
                        .intoArray(out, outOffset + i);
            }
            for (; i < count; i++) {
                out[outOffset + i] = data.get(Lanes.FLOAT, offset + (long) i * Float.BYTES);
            }
        }

        @Override
        public float dot(MemorySegment data, long offset, int count, float[] x, int xOffset) {
            var sum = FloatVector.zero(Lanes.FLOATS);
            int i = 0;
            for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
                var weights = FloatVector.fromMemorySegment(Lanes.FLOATS, data, offset + (long) i * Float.BYTES,
                        Lanes.ORDER);
                sum = weights.fma(FloatVector.fromArray(Lanes.FLOATS, x, xOffset + i), sum);
            }
            float tail = 0;
            for (; i < count; i++) {
                tail = Math.fma(data.get(Lanes.FLOAT, offset + (long) i * Float.BYTES), x[xOffset + i], tail);
            }
            return VectorKernels.total(sum, tail);
        }

        @Override
        public void write(float[] x, int xOffset, int count, MemorySegment data, long offset) {
            F32Rows.write(x, xOffset, count, data, offset);
        }

        @Override
        public void dots(float scale, float[] x, int xOffset, int count, MemorySegment data, long offset, long stride,
                int rows, float[] out, int outOffset) {
            for (int r = 0; r < rows; r++) {
                out[outOffset + r] = scale * dot(data, offset + r * stride, count, x, xOffset);
            }
        }

        @Override
        public void addRows(float[] weights, int weightOffset, int rows, MemorySegment data, long offset, long stride,
                int count, float[] y, int yOffset) {
            int i = 0;
            for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
                var sum = FloatVector.fromArray(Lanes.FLOATS, y, yOffset + i);
                for (int r = 0; r < rows; r++) {
                    sum = FloatVector
                            .fromMemorySegment(Lanes.FLOATS, data, offset + r * stride + (long) i * Float.BYTES,
                                    Lanes.ORDER)
                            .fma(FloatVector.broadcast(Lanes.FLOATS, weights[weightOffset + r]), sum);
                }
                sum.intoArray(y, yOffset + i);
            }
            for (; i < count; i++) {
                for (int r = 0; r < rows; r++) {
                    y[yOffset + i] = Math.fma(weights[weightOffset + r],
                            data.get(Lanes.FLOAT, offset + r * stride + (long) i * Float.BYTES), y[yOffset + i]);
                }
            }
        }
    }
}
