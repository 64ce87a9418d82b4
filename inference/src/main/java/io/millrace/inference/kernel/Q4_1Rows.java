package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;

/** Q4_1: a scale and a minimum in half precision, then 32 codes of 4 bits as in Q4_0. 20 bytes. */
final class Q4_1Rows {
    private static final int MINIMUM = 2;
    private static final int CODES = 4;
    private static final int HALF = 16;

    private Q4_1Rows() {}

    static final class Scalar extends ScalarBlocks {
        Scalar() {
            super(TensorType.Q4_1);
        }

        @Override
        float weightOf(MemorySegment data, long block, int i) {
            return Fields.nibble(data, block + CODES + i % HALF, i >= HALF) * Fields.half(data, block)
                    + Fields.half(data, block + MINIMUM);
        }
    }

    static final class Vector extends VectorBlocks {
        Vector() {
            super(TensorType.Q4_1);
        }

        @Override
        void dequantizeBlock(MemorySegment data, long block, float[] out, int at) {
            float scale = Fields.half(data, block);
            float minimum = Fields.half(data, block + MINIMUM);
            var bytes = bytes(data, block + CODES);
            write(lowNibbles(bytes), scale, minimum, out, at);
            write(highNibbles(bytes), scale, minimum, out, at + HALF);
        }
    }
}
