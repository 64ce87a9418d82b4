package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;

/** A format whose weights come in groups out of a {@link Grid}, in plain loops. */
final class GridScalar extends ScalarBlocks {
    private final GridFormat format;
    private final int width;

    GridScalar(TensorType type, GridFormat format) {
        super(type);
        this.format = format;
        this.width = format.grid().width();
    }

    @Override
    float weightOf(MemorySegment data, long block, int i) {
        int group = i / width;
        float code = format.grid().weights()[format.place(data, block, group) * width + i % width];
        float weight = (code + format.offset(data, block, group)) * format.scale(data, block, group);
        return (format.signs(data, block, group) >> i % width & 1) == 0 ? weight : -weight;
    }
}
