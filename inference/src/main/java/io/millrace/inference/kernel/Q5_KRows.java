package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;

/**
 * Q5_K: 256 codes of 5 bits in eight groups of 32, behind {@link SixBitScales}: 32 bytes with the fifth bits, a bit for each
 * group, then the lower four as in Q4_K. 176 bytes.
 */
final class Q5_KRows {
    private static final int HIGH_BITS = 16;
    private static final int CODES = 48;
    private static final int GROUP = 32;
    private static final int FIFTH_BIT = 16;

    private Q5_KRows() {}

    static final class Scalar extends ScalarBlocks {
        Scalar() {
            super(TensorType.Q5_K);
        }

        @Override
        float weightOf(MemorySegment data, long block, int i) {
            int group = i / GROUP;
            int low = Fields.nibble(data, block + CODES + (long) (group / 2) * GROUP + i % GROUP, group % 2 == 1);
            int high = Fields.unsignedByte(data, block + HIGH_BITS + i % GROUP) >> group & 1;
            return SixBitScales.scale(data, block, group) * (low + high * FIFTH_BIT)
                    - SixBitScales.minimum(data, block, group);
        }
    }

    static final class Vector extends VectorBlocks {
        Vector() {
            super(TensorType.Q5_K);
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
                    var high = bytes(data, block + HIGH_BITS + i);
                    write(addWhere(lowNibbles(bytes), high, 1 << group, FIFTH_BIT), lowScale, lowOffset, out, weight);
                    write(addWhere(highNibbles(bytes), high, 2 << group, FIFTH_BIT), highScale, highOffset, out,
                            weight + GROUP);
                }
            }
        }
    }
}
