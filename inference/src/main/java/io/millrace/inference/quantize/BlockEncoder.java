package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.function.ObjIntConsumer;

/** Encodes block by block; blocks do not know of each other. */
abstract class BlockEncoder implements RowEncoder {
    private final TensorType type;

    BlockEncoder(TensorType type) {
        this.type = type;
    }

    /** Writes the block of the weights from {@code x[at]} on, all finite, to a little-endian buffer: all of its bytes, in order. */
    abstract void encodeBlock(float[] x, int at, ByteBuffer out);

    /**
     * As the other, where errors count by the importance of their columns; for types that make use of it.
     *
     * @param column of the block's first weight
     */
    void encodeBlock(float[] x, int at, float[] importance, int column, ByteBuffer out) {
        encodeBlock(x, at, out);
    }

    @Override
    public final void encode(float[] weights, int offset, int count, ByteBuffer out) {
        encode(weights, offset, count, out, (blocks, at) -> encodeBlock(weights, at, blocks));
    }

    @Override
    public final void encode(float[] weights, int offset, float[] importance, ByteBuffer out) {
        encode(weights, offset, importance.length, out,
                (blocks, at) -> encodeBlock(weights, at, importance, at - offset, blocks));
    }

    private void encode(float[] weights, int offset, int count, ByteBuffer out, ObjIntConsumer<ByteBuffer> block) {
        Objects.checkFromIndexSize(offset, count, weights.length);
        if (count % type.blockSize() != 0) {
            throw new IllegalArgumentException(count + " weights cannot be stored as " + type
                    + ", which takes a multiple of " + type.blockSize());
        }
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(weights[offset + i])) {
                throw new IllegalArgumentException("weight " + i + " is " + weights[offset + i]
                        + "; only finite weights can be stored as " + type);
            }
        }
        int bytes = Math.toIntExact(type.bytes(count));
        if (out.remaining() < bytes) {
            throw new BufferOverflowException();
        }
        ByteBuffer blocks = out.slice(out.position(), bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i += type.blockSize()) {
            try {
                block.accept(blocks, offset + i);
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("the weights from " + i + " on are too large for " + type + ": "
                        + e.getMessage(), e);
            }
        }
        out.position(out.position() + bytes);
    }
}
