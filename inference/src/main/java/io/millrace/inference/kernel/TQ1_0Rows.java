package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.VectorOperators;

/**
 * TQ1_0: 256 weights of -1, 0 or 1 times a half-precision scale. A byte holds five of them as the digits of a fraction in base three, so that multiplying by a power of three
 * brings a digit to the front. 48 bytes of five digits (32, then 16 bytes side by side), 4 bytes of four. 54 bytes.
 */
final class TQ1_0Rows {
    private static final int SCALE = 52;
    private static final int[] POWERS = {1, 3, 9, 27, 81};
    /** 256 / 3 and 512 / 3, rounded up: from here on the first digit is 1, or 2. */
    private static final byte ONE_FROM = (byte) 86;
    private static final byte TWO_FROM = (byte) 171;
    /** Where the last four bytes' weights begin. */
    private static final int TAIL = 240;

    private TQ1_0Rows() {}

    static final class Scalar extends ScalarBlocks {
        Scalar() {
            super(TensorType.TQ1_0);
        }

        @Override
        float weightOf(MemorySegment data, long block, int i) {
            int place;
            int digit;
            if (i < 160) {
                place = i % 32;
                digit = i / 32;
            } else if (i < TAIL) {
                place = 32 + (i - 160) % 16;
                digit = (i - 160) / 16;
            } else {
                place = 48 + (i - TAIL) % 4;
                digit = (i - TAIL) / 4;
            }
            int fraction = Fields.unsignedByte(data, block + place) * POWERS[digit] & 0xff;
            return ((fraction * 3 >> 8) - 1) * Fields.half(data, block + SCALE);
        }
    }

    static final class Vector extends VectorBlocks {
        private final Scalar tail = new Scalar();

        Vector() {
            super(TensorType.TQ1_0);
        }

        @Override
        void dequantizeBlock(MemorySegment data, long block, float[] out, int at) {
            float scale = Fields.half(data, block + SCALE);
            for (int place = 0; place < 48; place += 16) {
                int stride = place < 32 ? 32 : 16;
                int weight = place < 32 ? place : 160;
                for (int digit = 0; digit < 5; digit++, weight += stride) {
                    var fraction = bytes(data, block + place).mul((byte) POWERS[digit]);
                    var codes = fraction.broadcast(-1)
                            .add((byte) 1, fraction.compare(VectorOperators.UGE, ONE_FROM))
                            .add((byte) 1, fraction.compare(VectorOperators.UGE, TWO_FROM));
                    write(codes, scale, out, at + weight);
                }
            }
            for (int i = TAIL; i < 256; i++) {
                out[at + i] = tail.weightOf(data, block, i);
            }
        }
    }
}
