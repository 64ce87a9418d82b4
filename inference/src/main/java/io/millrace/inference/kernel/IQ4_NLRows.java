package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;

/** IQ4_NL: as Q4_0, but with {@link NonLinearCodes}. 18 bytes. */
final class IQ4_NLRows {
    private static final int CODES = 2;
    private static final int HALF = 16;

    private IQ4_NLRows() {}

    static final class Scalar extends ScalarBlocks {
        Scalar() {
            super(TensorType.IQ4_NL);
        }

        @Override
        float weightOf(MemorySegment data, long block, int i) {
            return Fields.half(data, block)
                    * NonLinearCodes.value(Fields.nibble(data, block + CODES + i % HALF, i >= HALF));
        }
    }

    static final class Vector extends VectorBlocks {
        Vector() {
            super(TensorType.IQ4_NL);
        }

        @Override
        void dequantizeBlock(MemorySegment data, long block, float[] out, int at) {
            float scale = Fields.half(data, block);
            var bytes = bytes(data, block + CODES);
            write(NonLinearCodes.Table.values(lowNibbles(bytes)), scale, out, at);
            write(NonLinearCodes.Table.values(highNibbles(bytes)), scale, out, at + HALF);
        }
    }
}
