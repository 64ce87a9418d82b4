package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/** A cache format in plain loops. */
final class ScalarCacheRows implements CacheRowFormat {
    /** Writes values as a type has them. */
    @FunctionalInterface
    interface Writer {
        void write(float[] x, int xOffset, int count, MemorySegment data, long offset);
    }

    private final ScalarRows rows;
    private final Writer writer;

    ScalarCacheRows(ScalarRows rows, Writer writer) {
        this.rows = rows;
        this.writer = writer;
    }

    @Override
    public void write(float[] x, int xOffset, int count, MemorySegment data, long offset) {
        writer.write(x, xOffset, count, data, offset);
    }

    @Override
    public void dequantize(MemorySegment data, long offset, int count, float[] out, int outOffset) {
        rows.dequantize(data, offset, count, out, outOffset);
    }

    @Override
    public float dot(MemorySegment data, long offset, int count, float[] x, int xOffset) {
        return rows.dot(data, offset, count, x, xOffset);
    }

    @Override
    public void dots(float scale, float[] x, int xOffset, int count, MemorySegment data, long offset, long stride,
            int rowCount, float[] out, int outOffset) {
        for (int r = 0; r < rowCount; r++) {
            out[outOffset + r] = scale * dot(data, offset + r * stride, count, x, xOffset);
        }
    }

    @Override
    public void addRows(float[] weights, int weightOffset, int rowCount, MemorySegment data, long offset, long stride,
            int count, float[] y, int yOffset) {
        for (int r = 0; r < rowCount; r++) {
            for (int i = 0; i < count; i++) {
                y[yOffset + i] = Math.fma(weights[weightOffset + r], rows.weight(data, offset + r * stride, i),
                        y[yOffset + i]);
            }
        }
    }
}
