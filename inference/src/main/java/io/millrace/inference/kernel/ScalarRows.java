package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/** A format in plain loops: its weights one by one. The product is that of the dequantised weights, summed in double. */
abstract class ScalarRows implements FusedRowFormat {
    /** The weight at {@code index} of the row that begins at byte {@code offset}. */
    abstract float weight(MemorySegment data, long offset, int index);

    @Override
    public final void dequantize(MemorySegment data, long offset, int count, float[] out, int outOffset) {
        for (int i = 0; i < count; i++) {
            out[outOffset + i] = weight(data, offset, i);
        }
    }

    @Override
    public final float dot(MemorySegment data, long offset, int count, float[] x, int xOffset) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += (double) weight(data, offset, i) * x[xOffset + i];
        }
        return (float) sum;
    }
}
