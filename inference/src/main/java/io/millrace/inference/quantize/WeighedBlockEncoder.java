package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Encodes blocks of 256 weights, whose errors count by the importance of their columns. */
abstract class WeighedBlockEncoder extends BlockEncoder {
    private static final float[] ALIKE = ErrorWeights.alike();

    private final ErrorWeights errorWeights;

    WeighedBlockEncoder(TensorType type, ErrorWeights errorWeights) {
        super(type);
        this.errorWeights = errorWeights;
    }

    /** As {@link BlockEncoder#encodeBlock(float[], int, ByteBuffer)}, given how much an error counts in each weight of the block. */
    abstract void encodeWeighed(float[] x, int at, float[] errorsCount, ByteBuffer out);

    @Override
    void encodeBlock(float[] x, int at, ByteBuffer out) {
        encodeWeighed(x, at, errorWeights.of(x, at, ALIKE), out);
    }

    @Override
    final void encodeBlock(float[] x, int at, float[] importance, int column, ByteBuffer out) {
        float[] ofBlock = Arrays.copyOfRange(importance, column, column + ErrorWeights.BLOCK);
        encodeWeighed(x, at, errorWeights.of(x, at, ofBlock), out);
    }
}
