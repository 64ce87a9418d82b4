package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** A format whose weights come in groups out of a {@link Grid}, with the Vector API: a vector a group. */
final class GridVector extends VectorBlocks {
    private final GridFormat format;
    private final float[] weights;
    private final int width;
    private final int groups;

    GridVector(TensorType type, GridFormat format) {
        super(type);
        this.format = format;
        this.weights = format.grid().weights();
        this.width = format.grid().width();
        this.groups = type.blockSize() / width;
    }

    @Override
    void dequantizeBlock(MemorySegment data, long block, float[] out, int at) {
        if (width == 8) {
            dequantizeEights(data, block, out, at);
        } else {
            dequantizeFours(data, block, out, at);
        }
    }

    // twice the same: the species must be a constant for the JIT

    private void dequantizeEights(MemorySegment data, long block, float[] out, int at) {
        for (int group = 0; group < groups; group++) {
            var signs = VectorMask.fromLong(FloatVector.SPECIES_256, format.signs(data, block, group));
            FloatVector.fromArray(FloatVector.SPECIES_256, weights, format.place(data, block, group) * 8)
                    .add(format.offset(data, block, group)).mul(format.scale(data, block, group))
                    .lanewise(VectorOperators.NEG, signs).intoArray(out, at + group * 8);
        }
    }

    private void dequantizeFours(MemorySegment data, long block, float[] out, int at) {
        for (int group = 0; group < groups; group++) {
            var signs = VectorMask.fromLong(FloatVector.SPECIES_128, format.signs(data, block, group) & 15);
            FloatVector.fromArray(FloatVector.SPECIES_128, weights, format.place(data, block, group) * 4)
                    .add(format.offset(data, block, group)).mul(format.scale(data, block, group))
                    .lanewise(VectorOperators.NEG, signs).intoArray(out, at + group * 4);
        }
    }
}
