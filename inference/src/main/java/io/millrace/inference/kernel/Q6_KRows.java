package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.VectorOperators;

/**
 * Q6_K: 256 codes of 6 bits in 16 groups. 128 bytes hold the lower four bits (a nibble for weights that stand 64 apart), 64 bytes the upper two
 * (those of weights 32 apart share a byte), 16 bytes signed scales, then their half-precision factor. 210 bytes.
 */
final class Q6_KRows {
    private static final int HIGH_BITS = 128;
    static final int SCALES = 192;
    static final int FACTOR = 208;
    private static final int GROUP = 16;
    private static final int STRIDE = 32;
    private static final int SPAN = 128;
    private static final int BIAS = 32;

    private Q6_KRows() {}

    private static float scale(MemorySegment data, long block, int group) {
        return Fields.half(data, block + FACTOR) * Fields.signedByte(data, block + SCALES + group);
    }

    /** The code of a weight, 0 to 63; {@link #BIAS} stands for 0. */
    private static int code(MemorySegment data, long block, int i) {
        int part = i % SPAN / STRIDE;
        long low = block + (long) (i / SPAN) * 64 + (long) part % 2 * STRIDE + i % STRIDE;
        long high = block + HIGH_BITS + (long) (i / SPAN) * STRIDE + i % STRIDE;
        return Fields.nibble(data, low, part >= 2) | (Fields.unsignedByte(data, high) >> 2 * part & 3) << 4;
    }

    /** The codes of eight weights from a multiple of eight on, a byte each. */
    static long codes(MemorySegment data, long block, int i) {
        int part = i % SPAN / STRIDE;
        long low = data.get(Layouts.LONG, block + (long) (i / SPAN) * 64 + (long) part % 2 * STRIDE + i % STRIDE);
        long high = data.get(Layouts.LONG, block + HIGH_BITS + (long) (i / SPAN) * STRIDE + i % STRIDE);
        return (part >= 2 ? low >>> 4 : low) & 0x0f0f0f0f0f0f0f0fL | (high >>> 2 * part & 0x0303030303030303L) << 4;
    }

    static final class Scalar extends ScalarBlocks {
        Scalar() {
            super(TensorType.Q6_K);
        }

        @Override
        float weightOf(MemorySegment data, long block, int i) {
            return scale(data, block, i / GROUP) * (code(data, block, i) - BIAS);
        }
    }

    static final class Vector extends VectorBlocks {
        Vector() {
            super(TensorType.Q6_K);
        }

        @Override
        void dequantizeBlock(MemorySegment data, long block, float[] out, int at) {
            float factor = Fields.half(data, block + FACTOR);
            for (int i = 0; i < 64; i += GROUP) {
                int weight = i / STRIDE * SPAN + i % STRIDE;
                long low = block + i / STRIDE * 64L + i % STRIDE;
                var high = bytes(data, block + HIGH_BITS + i);
                var near = bytes(data, low);
                var far = bytes(data, low + STRIDE);
                int scales = weight / GROUP;
                // written out: a shift by what a loop counts is no instruction for bytes
                write(lowNibbles(near).or(high.and((byte) 3).lanewise(VectorOperators.LSHL, 4)).sub((byte) BIAS),
                        factor * Fields.signedByte(data, block + SCALES + scales), out, at + weight);
                write(lowNibbles(far).or(high.and((byte) 12).lanewise(VectorOperators.LSHL, 2)).sub((byte) BIAS),
                        factor * Fields.signedByte(data, block + SCALES + scales + 2), out, at + weight + STRIDE);
                write(highNibbles(near).or(high.and((byte) 48)).sub((byte) BIAS),
                        factor * Fields.signedByte(data, block + SCALES + scales + 4), out, at + weight + 2 * STRIDE);
                write(highNibbles(far).or(high.lanewise(VectorOperators.LSHR, 2).and((byte) 48)).sub((byte) BIAS),
                        factor * Fields.signedByte(data, block + SCALES + scales + 6), out, at + weight + 3 * STRIDE);
            }
        }
    }
}
