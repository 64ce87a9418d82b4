package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;

/**
 * Q4_K: 256 codes of 4 bits in eight groups of 32, behind {@link SixBitScales}. Of each 32 bytes the lower nibbles are one group, the
 * upper ones the next. 144 bytes.
 */
final class Q4_KRows {
    private static final int CODES = 16;
    private static final int GROUP = 32;

    private Q4_KRows() {}

    static final class Scalar extends ScalarBlocks {
        Scalar() {
            super(TensorType.Q4_K);
        }

        @Override
        float weightOf(MemorySegment data, long block, int i) {
            int group = i / GROUP;
            int code = Fields.nibble(data, block + CODES + (long) (group / 2) * GROUP + i % GROUP, group % 2 == 1);
            return SixBitScales.scale(data, block, group) * code - SixBitScales.minimum(data, block, group);
        }
    }

    static final class Vector extends VectorBlocks {
        Vector() {
            super(TensorType.Q4_K);
        }

        @Override
        void dequantizeBlock(MemorySegment data, long block, float[] out, int at) {
            for (int group = 0; group < 8; group += 2) {
                float lowScale = SixBitScales.scale(data, block, group);
                float lowOffset = -SixBitScales.minimum(data, block, group);
                float highScale = SixBitScales.scale(data, block, group + 1);
                float highOffset = -SixBitScales.minimum(data, block, group + 1);
                int weight = at + group * GROUP;
                for (int i = 0; i < GROUP; i += 16, weight += 16) {
                    var bytes = bytes(data, block + CODES + (long) (group / 2) * GROUP + i);
                    write(lowNibbles(bytes), lowScale, lowOffset, out, weight);
                    write(highNibbles(bytes), highScale, highOffset, out, weight + GROUP);
                }
            }
        }
    }
}
