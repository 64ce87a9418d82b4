package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;

/** Q5_0: a half-precision scale, the fifth bits of 32 codes as one integer, then their lower 4 bits as in Q4_0. 22 bytes. */
final class Q5_0Rows {
    private static final int HIGH_BITS = 2;
    private static final int CODES = 6;
    private static final int HALF = 16;
    private static final int BIAS = 16;

    private Q5_0Rows() {}

    static final class Scalar extends ScalarBlocks {
        Scalar() {
            super(TensorType.Q5_0);
        }

        @Override
        float weightOf(MemorySegment data, long block, int i) {
            int high = Fields.int32(data, block + HIGH_BITS) >>> i & 1;
            int code = Fields.nibble(data, block + CODES + i % HALF, i >= HALF) | high << 4;
            return (code - BIAS) * Fields.half(data, block);
        }
    }

    static final class Vector extends VectorBlocks {
        Vector() {
            super(TensorType.Q5_0);
        }

        @Override
        void dequantizeBlock(MemorySegment data, long block, float[] out, int at) {
            float scale = Fields.half(data, block);
            int high = ~Fields.int32(data, block + HIGH_BITS);
            var bytes = bytes(data, block + CODES);
            // what has the fifth bit loses its bias, which is as large
            write(addWhere(lowNibbles(bytes), high, -BIAS), scale, out, at);
            write(addWhere(highNibbles(bytes), high >>> HALF, -BIAS), scale, out, at + HALF);
        }
    }
}
