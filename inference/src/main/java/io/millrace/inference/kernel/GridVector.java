package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;

/** A format whose weights come in eights out of a {@link Grid}, with the Vector API. */
final class GridVector extends VectorBlocks {
    private final GridFormat format;
    private final int eights;

    GridVector(TensorType type, GridFormat format) {
        super(type);
        this.format = format;
        this.eights = type.blockSize() / 8;
    }

    @Override
    void dequantizeBlock(MemorySegment data, long block, float[] out, int at) {
        for (int eight = 0; eight < eights; eight++) {
            writeEight(format.codes(data, block, eight), format.offset(data, block, eight),
                    format.scale(data, block, eight), format.signs(data, block, eight), out, at + 8 * eight);
        }
    }
}
