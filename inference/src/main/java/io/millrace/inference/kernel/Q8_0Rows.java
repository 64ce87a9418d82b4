package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Q8_0: a half-precision scale, then 32 signed bytes. 34 bytes. */
final class Q8_0Rows {
    private static final int BLOCK_WEIGHTS = 32;
    private static final int BLOCK_BYTES = 34;
    private static final int CODES = 2;

    private Q8_0Rows() {}

    /** A block's largest value becomes 127. */
    static void write(float[] x, int xOffset, int count, MemorySegment data, long offset) {
        long block = offset;
        for (int i = xOffset; i < xOffset + count; i += BLOCK_WEIGHTS, block += BLOCK_BYTES) {
            float largest = 0;
            for (int j = 0; j < BLOCK_WEIGHTS; j++) {
                largest = Math.max(largest, Math.abs(x[i + j]));
            }
            float scale = largest / Byte.MAX_VALUE;
            float inverse = scale == 0 ? 0 : 1 / scale;
            data.set(Lanes.SHORT, block, Float.floatToFloat16(scale));
            for (int j = 0; j < BLOCK_WEIGHTS; j++) {
                data.set(ValueLayout.JAVA_BYTE, block + CODES + j, (byte) roundAwayFromZero(x[i + j] * inverse));
            }
        }
    }

    /** As C's roundf, which the format's makers use: halves go away from zero. */
    private static int roundAwayFromZero(float value) {
        return (int) (value + Math.copySign(0.5, value));
    }

    static final class Scalar extends ScalarBlocks {
        Scalar() {
            super(TensorType.Q8_0);
        }

        @Override
        float weightOf(MemorySegment data, long block, int i) {
            return Fields.half(data, block) * Fields.signedByte(data, block + CODES + i);
        }
    }

    static final class Vector extends VectorBlocks implements CacheRowFormat {
        Vector() {
            super(TensorType.Q8_0);
        }

        @Override
        void dequantizeBlock(MemorySegment data, long block, float[] out, int at) {
            float scale = Fields.half(data, block);
            write(bytes(data, block + CODES), scale, out, at);
            write(bytes(data, block + CODES + 16), scale, out, at + 16);
        }

        @Override
        public float dot(MemorySegment data, long offset, int count, float[] x, int xOffset) {
            var sum = FloatVector.zero(Lanes.FLOATS);
            long block = offset;
            for (int i = 0; i < count; i += BLOCK_WEIGHTS, block += BLOCK_BYTES) {
                float scale = Fields.half(data, block);
                for (int j = 0; j < BLOCK_WEIGHTS; j += 16) {
                    var bytes = bytes(data, block + CODES + j);
                    for (int part = 0; part < Lanes.BYTE_PARTS; part++) {
                        var weights = (FloatVector) bytes.convertShape(VectorOperators.B2F, Lanes.FLOATS, part);
                        var values = FloatVector.fromArray(Lanes.FLOATS, x, xOffset + i + j + part * Lanes.COUNT);
                        sum = weights.mul(scale).fma(values, sum);
                    }
                }
            }
            return VectorKernels.total(sum, 0);
        }

        @Override
        public void write(float[] x, int xOffset, int count, MemorySegment data, long offset) {
            Q8_0Rows.write(x, xOffset, count, data, offset);
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
            for (int i = 0; i < count; i += 16) {
                long inRow = offset + (long) (i / BLOCK_WEIGHTS) * BLOCK_BYTES;
                for (int part = 0; part < Lanes.BYTE_PARTS; part++) {
                    int at = yOffset + i + part * Lanes.COUNT;
                    var sum = FloatVector.fromArray(Lanes.FLOATS, y, at);
                    for (int r = 0; r < rows; r++) {
                        long block = inRow + r * stride;
                        var codes = (FloatVector) bytes(data, block + CODES + i % BLOCK_WEIGHTS)
                                .convertShape(VectorOperators.B2F, Lanes.FLOATS, part);
                        sum = codes.mul(Fields.half(data, block))
                                .fma(FloatVector.broadcast(Lanes.FLOATS, weights[weightOffset + r]), sum);
                    }
                    sum.intoArray(y, at);
                }
            }
        }
    }
}
