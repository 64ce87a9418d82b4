package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;

/** A format whose weights come in eights out of a {@link Grid}, in plain loops. */
final class GridScalar extends ScalarBlocks {
    private final GridFormat format;

    GridScalar(TensorType type, GridFormat format) {
        super(type);
        this.format = format;
    }

    @Override
    float weightOf(MemorySegment data, long block, int i) {
        int eight = i / 8;
        float value = Grid.weight(format.codes(data, block, eight), i % 8) + format.offset(data, block, eight);
        float weight = value * format.scale(data, block, eight);
        return (format.signs(data, block, eight) >> i % 8 & 1) == 0 ? weight : -weight;
    }
}
