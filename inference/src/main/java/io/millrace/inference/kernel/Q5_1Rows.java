package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;

/** Q5_1: a scale and a minimum in half precision, then 32 codes of 5 bits as in Q5_0. 24 bytes. */
final class Q5_1Rows {
    private static final int MINIMUM = 2;
    private static final int HIGH_BITS = 4;
    private static final int CODES = 8;
    private static final int HALF = 16;
    private static final int FIFTH_BIT = 16;

    private Q5_1Rows() {}

    static final class Scalar extends ScalarBlocks {
        Scalar() {
            super(TensorType.Q5_1);
        }

        @Override
        float weightOf(MemorySegment data, long block, int i) {
            int high = Fields.int32(data, block + HIGH_BITS) >>> i & 1;
            int code = Fields.nibble(data, block + CODES + i % HALF, i >= HALF) + high * FIFTH_BIT;
            return code * Fields.half(data, block) + Fields.half(data, block + MINIMUM);
        }
    }

    static final class Vector extends VectorBlocks {
        Vector() {
            super(TensorType.Q5_1);
        }

        @Override
        void dequantizeBlock(MemorySegment data, long block, float[] out, int at) {
            float scale = Fields.half(data, block);
            float minimum = Fields.half(data, block + MINIMUM);
            int high = Fields.int32(data, block + HIGH_BITS);
            var bytes = bytes(data, block + CODES);
            write(addWhere(lowNibbles(bytes), high, FIFTH_BIT), scale, minimum, out, at);
            write(addWhere(highNibbles(bytes), high >>> HALF, FIFTH_BIT), scale, minimum, out, at + HALF);
        }
    }
}
