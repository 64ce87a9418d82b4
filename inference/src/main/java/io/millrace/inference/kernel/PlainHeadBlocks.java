package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;

/** Types whose every number stands for itself. */
final class PlainHeadBlocks implements HeadBlocks {
    /** Writes numbers one behind the other. */
    @FunctionalInterface
    interface Writer {
        void write(float[] x, int at, int count, MemorySegment data, long offset);
    }

    private final int numberBytes;
    private final RowFormat reader;
    private final Writer writer;

    PlainHeadBlocks(TensorType type, RowFormat reader, Writer writer) {
        this.numberBytes = type.blockBytes();
        this.reader = reader;
        this.writer = writer;
    }

    @Override
    public long bytes(int headWidth) {
        return (long) POSITIONS * headWidth * numberBytes;
    }

    @Override
    public void writeKeys(float[] x, int at, int headWidth, MemorySegment data, long offset, int position) {
        for (int i = 0; i < headWidth; i++) {
            writer.write(x, at + i, 1, data, offset + (long) (i * POSITIONS + position) * numberBytes);
        }
    }

    @Override
    public void writeValues(float[] x, int at, int headWidth, MemorySegment data, long offset, int position) {
        writer.write(x, at, headWidth, data, offset + (long) position * headWidth * numberBytes);
    }

    @Override
    public void readKeys(MemorySegment data, long offset, int headWidth, float[] out) {
        reader.dequantize(data, offset, headWidth * POSITIONS, out, 0);
    }

    @Override
    public void readValues(MemorySegment data, long offset, int headWidth, float[] out, int stride) {
        if (stride == headWidth) {
            reader.dequantize(data, offset, headWidth * POSITIONS, out, 0);
            return;
        }
        for (int p = 0; p < POSITIONS; p++) {
            reader.dequantize(data, offset + (long) p * headWidth * numberBytes, headWidth, out, p * stride);
        }
    }
}
