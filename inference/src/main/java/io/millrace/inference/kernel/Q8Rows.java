package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Q8_0: blocks of 32 signed bytes behind one half-precision scale, 34 bytes a block. */
final class Q8Rows {
    static final int BLOCK_WEIGHTS = 32;
    static final int SCALE_BYTES = Short.BYTES;
    static final int BLOCK_BYTES = SCALE_BYTES + BLOCK_WEIGHTS;

    private Q8Rows() {}

    private static float scale(MemorySegment data, long block) {
        return Float.float16ToFloat(data.get(Lanes.SHORT, block));
    }

    static final class Scalar extends ScalarRows {
        @Override
        float weight(MemorySegment data, long offset, int index) {
            long block = offset + (long) (index / BLOCK_WEIGHTS) * BLOCK_BYTES;
            return scale(data, block) * data.get(ValueLayout.JAVA_BYTE, block + SCALE_BYTES + index % BLOCK_WEIGHTS);
        }
    }

    static final class Vector implements RowFormat {
        private static FloatVector floats(ByteVector bytes, int part) {
            return (FloatVector) bytes.convertShape(VectorOperators.B2F, Lanes.FLOATS, part);
        }

        @Override
        public void dequantize(MemorySegment data, long offset, int count, float[] out, int outOffset) {
            long block = offset;
            for (int i = 0; i < count; i += BLOCK_WEIGHTS, block += BLOCK_BYTES) {
                float scale = scale(data, block);
                for (int j = 0; j < BLOCK_WEIGHTS; j += Lanes.BYTES.length()) {
                    var bytes = ByteVector.fromMemorySegment(Lanes.BYTES, data, block + SCALE_BYTES + j, Lanes.ORDER);
                    for (int part = 0; part < Lanes.BYTE_PARTS; part++) {
                        floats(bytes, part).mul(scale).intoArray(out, outOffset + i + j + part * Lanes.COUNT);
                    }
                }
            }
        }

        @Override
        public float dot(MemorySegment data, long offset, int count, float[] x, int xOffset) {
            var sum = FloatVector.zero(Lanes.FLOATS);
            long block = offset;
            for (int i = 0; i < count; i += BLOCK_WEIGHTS, block += BLOCK_BYTES) {
                float scale = scale(data, block);
                for (int j = 0; j < BLOCK_WEIGHTS; j += Lanes.BYTES.length()) {
                    var bytes = ByteVector.fromMemorySegment(Lanes.BYTES, data, block + SCALE_BYTES + j, Lanes.ORDER);
                    for (int part = 0; part < Lanes.BYTE_PARTS; part++) {
                        var values = FloatVector.fromArray(Lanes.FLOATS, x, xOffset + i + j + part * Lanes.COUNT);
                        sum = floats(bytes, part).mul(scale).fma(values, sum);
                    }
                }
            }
            return VectorKernels.total(sum, 0);
        }
    }
}
