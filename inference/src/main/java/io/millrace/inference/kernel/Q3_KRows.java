package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.VectorOperators;

/**
 * Q3_K: 256 codes of 3 bits in 16 groups. 32 bytes hold the codes' upper bits, a bit for each span of 32 weights; 64 bytes the lower two, as in Q2_K;
 * 12 bytes sixteen scales of 6 bits; then their half-precision factor. 110 bytes.
 */
final class Q3_KRows {
    private static final int CODES = 32;
    private static final int SCALES = 96;
    private static final int FACTOR = 108;
    private static final int GROUP = 16;
    private static final int STRIDE = 32;
    private static final int SPAN = 128;
    private static final int SCALE_BIAS = 32;

    private Q3_KRows() {}

    private static float scale(MemorySegment data, long block, int group) {
        int low = Fields.nibble(data, block + SCALES + group % 8, group >= 8);
        int high = Fields.unsignedByte(data, block + SCALES + 8 + group % 4) >> 2 * (group / 4) & 3;
        return Fields.half(data, block + FACTOR) * ((low | high << 4) - SCALE_BIAS);
    }

    static final class Scalar extends ScalarBlocks {
        Scalar() {
            super(TensorType.Q3_K);
        }

        @Override
        float weightOf(MemorySegment data, long block, int i) {
            int shift = 2 * (i % SPAN / STRIDE);
            int low = Fields.unsignedByte(data, block + CODES + (long) (i / SPAN) * STRIDE + i % STRIDE) >> shift & 3;
            int high = Fields.unsignedByte(data, block + i % STRIDE) >> i / STRIDE & 1;
            return scale(data, block, i / GROUP) * (low - (high == 0 ? 4 : 0));
        }
    }

    static final class Vector extends VectorBlocks {
        Vector() {
            super(TensorType.Q3_K);
        }

        @Override
        void dequantizeBlock(MemorySegment data, long block, float[] out, int at) {
            for (int i = 0; i < 64; i += GROUP) {
                var bytes = bytes(data, block + CODES + i);
                var missing = bytes(data, block + i % STRIDE).not();
                int weight = i / STRIDE * SPAN + i % STRIDE;
                for (int shift = 0; shift < 8; shift += 2, weight += STRIDE) {
                    var codes = bytes.lanewise(VectorOperators.LSHR, shift).and((byte) 3);
                    write(addWhere(codes, missing, 1 << weight / STRIDE, -4), scale(data, block, weight / GROUP), out,
                            at + weight);
                }
            }
        }
    }
}
