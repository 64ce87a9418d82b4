package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;

/** Q4_0: a half-precision scale, then 32 codes of 4 bits, the first half of them in the lower nibbles. 18 bytes. */
final class Q4_0Rows {
    private static final int CODES = 2;
    private static final int HALF = 16;
    private static final int BIAS = 8;

    private Q4_0Rows() {}

    static final class Scalar extends ScalarBlocks {
        Scalar() {
            super(TensorType.Q4_0);
        }

        @Override
        float weightOf(MemorySegment data, long block, int i) {
            return (Fields.nibble(data, block + CODES + i % HALF, i >= HALF) - BIAS) * Fields.half(data, block);
        }
    }

    static final class Vector extends VectorBlocks {
        Vector() {
            super(TensorType.Q4_0);
        }

        @Override
        void dequantizeBlock(MemorySegment data, long block, float[] out, int at) {
            float scale = Fields.half(data, block);
            var bytes = bytes(data, block + CODES);
            write(lowNibbles(bytes).sub((byte) BIAS), scale, out, at);
            write(highNibbles(bytes).sub((byte) BIAS), scale, out, at + HALF);
        }
    }
}
