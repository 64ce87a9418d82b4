package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;

/**
 * IQ4_XS: 256 {@link NonLinearCodes} in eight groups of 32. A half-precision factor, the upper two bits of the groups' scales (one short), their lower four (four
 * bytes), then the codes, each group as in Q4_0. 136 bytes.
 */
final class IQ4_XSRows {
    private static final int SCALE_HIGH = 2;
    private static final int SCALE_LOW = 4;
    private static final int CODES = 8;
    private static final int GROUP = 32;
    private static final int HALF = 16;
    private static final int SCALE_BIAS = 32;

    private IQ4_XSRows() {}

    private static float scale(MemorySegment data, long block, int group) {
        int low = Fields.nibble(data, block + SCALE_LOW + group / 2, group % 2 == 1);
        int high = Fields.unsignedShort(data, block + SCALE_HIGH) >> 2 * group & 3;
        return Fields.half(data, block) * ((low | high << 4) - SCALE_BIAS);
    }

    static final class Scalar extends ScalarBlocks {
        Scalar() {
            super(TensorType.IQ4_XS);
        }

        @Override
        float weightOf(MemorySegment data, long block, int i) {
            int group = i / GROUP;
            int code = Fields.nibble(data, block + CODES + (long) group * HALF + i % HALF, i % GROUP >= HALF);
            return scale(data, block, group) * NonLinearCodes.value(code);
        }
    }

    static final class Vector extends VectorBlocks {
        Vector() {
            super(TensorType.IQ4_XS);
        }

        @Override
        void dequantizeBlock(MemorySegment data, long block, float[] out, int at) {
            for (int group = 0; group < 8; group++) {
                float scale = scale(data, block, group);
                var bytes = bytes(data, block + CODES + (long) group * HALF);
                write(NonLinearCodes.Table.values(lowNibbles(bytes)), scale, out, at + group * GROUP);
                write(NonLinearCodes.Table.values(highNibbles(bytes)), scale, out, at + group * GROUP + HALF);
            }
        }
    }
}
