package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;

/** A block format in plain loops: what each weight of a block is. This is the format's definition. */
abstract class ScalarBlocks extends ScalarRows {
    private final int blockSize;
    private final int blockBytes;

    ScalarBlocks(TensorType type) {
        blockSize = type.blockSize();
        blockBytes = type.blockBytes();
    }

    /** The weight at {@code index} of the block that begins at byte {@code block}. */
    abstract float weightOf(MemorySegment data, long block, int index);

    @Override
    final float weight(MemorySegment data, long offset, int index) {
        return weightOf(data, offset + (long) (index / blockSize) * blockBytes, index % blockSize);
    }
}
