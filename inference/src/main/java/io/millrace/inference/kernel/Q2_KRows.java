package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.VectorOperators;

/**
 * Q2_K: 256 codes of 2 bits in 16 groups. Sixteen bytes hold each group's scale (lower nibble) and minimum (upper), 64 bytes the codes, then half-precision factors of all
 * scales and of all minima. A byte holds codes that stand 32 weights apart. 84 bytes.
 */
final class Q2_KRows {
    private static final int CODES = 16;
    private static final int SCALE = 80;
    private static final int MINIMUM = 82;
    private static final int GROUP = 16;
    private static final int STRIDE = 32;
    private static final int SPAN = 128;

    private Q2_KRows() {}

    static final class Scalar extends ScalarBlocks {
        Scalar() {
            super(TensorType.Q2_K);
        }

        @Override
        float weightOf(MemorySegment data, long block, int i) {
            int shift = 2 * (i % SPAN / STRIDE);
            int code = Fields.unsignedByte(data, block + CODES + (long) (i / SPAN) * STRIDE + i % STRIDE) >> shift & 3;
            float scale = Fields.half(data, block + SCALE) * Fields.nibble(data, block + i / GROUP, false);
            float minimum = Fields.half(data, block + MINIMUM) * Fields.nibble(data, block + i / GROUP, true);
            return scale * code - minimum;
        }
    }

    static final class Vector extends VectorBlocks {
        Vector() {
            super(TensorType.Q2_K);
        }

        @Override
        void dequantizeBlock(MemorySegment data, long block, float[] out, int at) {
            float scale = Fields.half(data, block + SCALE);
            float minimum = Fields.half(data, block + MINIMUM);
            for (int i = 0; i < 64; i += GROUP) {
                var bytes = bytes(data, block + CODES + i);
                int weight = i / STRIDE * SPAN + i % STRIDE;
                for (int shift = 0; shift < 8; shift += 2, weight += STRIDE) {
                    long group = block + weight / GROUP;
                    write(bytes.lanewise(VectorOperators.LSHR, shift).and((byte) 3),
                            scale * Fields.nibble(data, group, false), -(minimum * Fields.nibble(data, group, true)),
                            out, at + weight);
                }
            }
        }
    }
}
