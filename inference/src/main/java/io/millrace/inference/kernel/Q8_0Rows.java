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

    static void write(float[] x, int xOffset, int count, MemorySegment data, long offset) {
        long block = offset;
        for (int i = xOffset; i < xOffset + count; i += BLOCK_WEIGHTS, block += BLOCK_BYTES) {
            float scale = scale(x, i);
            data.set(Layouts.SHORT, block, Float.floatToFloat16(scale));
            for (int j = 0; j < BLOCK_WEIGHTS; j++) {
                data.set(ValueLayout.JAVA_BYTE, block + CODES + j, code(x[i + j], scale));
            }
        }
    }

    /** A block's largest value becomes 127. */
    static float scale(float[] x, int at) {
        float largest = 0;
        for (int j = 0; j < BLOCK_WEIGHTS; j++) {
            largest = Math.max(largest, Math.abs(x[at + j]));
        }
        return largest / Byte.MAX_VALUE;
    }

    /** Rounded as C's roundf does, which the format's makers use: halves go away from zero. */
    static byte code(float value, float scale) {
        float code = value * (scale == 0 ? 0 : 1 / scale);
        return (byte) (int) (code + Math.copySign(0.5, code));
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

    static final class Vector extends VectorBlocks implements FusedRowFormat {
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
    }
}
