package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.VectorOperators;

/** TQ2_0: 256 weights of -1, 0 or 1 as codes of 2 bits, four that stand 32 apart in a byte, times a half-precision scale. 66 bytes. */
final class TQ2_0Rows {
    private static final int SCALE = 64;
    private static final int STRIDE = 32;
    private static final int SPAN = 128;

    private TQ2_0Rows() {}

    static final class Scalar extends ScalarBlocks {
        Scalar() {
            super(TensorType.TQ2_0);
        }

        @Override
        float weightOf(MemorySegment data, long block, int i) {
            int shift = 2 * (i % SPAN / STRIDE);
            int code = Fields.unsignedByte(data, block + (long) (i / SPAN) * STRIDE + i % STRIDE) >> shift & 3;
            return (code - 1) * Fields.half(data, block + SCALE);
        }
    }

    static final class Vector extends VectorBlocks {
        Vector() {
            super(TensorType.TQ2_0);
        }

        @Override
        void dequantizeBlock(MemorySegment data, long block, float[] out, int at) {
            float scale = Fields.half(data, block + SCALE);
            for (int i = 0; i < 64; i += 16) {
                var bytes = bytes(data, block + i);
                int weight = at + i / STRIDE * SPAN + i % STRIDE;
                for (int shift = 0; shift < 8; shift += 2, weight += STRIDE) {
                    write(bytes.lanewise(VectorOperators.LSHR, shift).and((byte) 3).sub((byte) 1), scale, out, weight);
                }
            }
        }
    }
}
