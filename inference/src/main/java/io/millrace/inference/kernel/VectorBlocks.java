package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * A block format with the Vector API: a whole block at a time. The bits are those of {@link ScalarBlocks}, so no product and
 * sum is fused here.
 */
abstract class VectorBlocks implements RowFormat {
    private final int blockSize;
    private final int blockBytes;

    VectorBlocks(TensorType type) {
        blockSize = type.blockSize();
        blockBytes = type.blockBytes();
    }

    /** Writes the weights of the block that begins at byte {@code block}. */
    abstract void dequantizeBlock(MemorySegment data, long block, float[] out, int at);

    @Override
    public final void dequantize(MemorySegment data, long offset, int count, float[] out, int outOffset) {
        long block = offset;
        for (int i = 0; i < count; i += blockSize, block += blockBytes) {
            dequantizeBlock(data, block, out, outOffset + i);
        }
    }

    /** Sixteen bytes. */
    static ByteVector bytes(MemorySegment data, long offset) {
        return ByteVector.fromMemorySegment(Lanes.BYTES, data, offset, Layouts.ORDER);
    }

    static ByteVector lowNibbles(ByteVector bytes) {
        return bytes.and((byte) 15);
    }

    static ByteVector highNibbles(ByteVector bytes) {
        return bytes.lanewise(VectorOperators.LSHR, 4);
    }

    /** Adds {@code value} to the codes whose bit is set in {@code bits}. */
    static ByteVector addWhere(ByteVector codes, long bits, int value) {
        return codes.add((byte) value, VectorMask.fromLong(Lanes.BYTES, bits & 0xffff));
    }

    /** Adds {@code value} to the codes in whose place {@code bytes} has {@code bit} set. */
    static ByteVector addWhere(ByteVector codes, ByteVector bytes, int bit, int value) {
        return codes.add((byte) value, bytes.and((byte) bit).compare(VectorOperators.NE, 0));
    }

    /** {@code out = codes * scale}, for sixteen signed codes. */
    static void write(ByteVector codes, float scale, float[] out, int at) {
        for (int part = 0; part < Lanes.BYTE_PARTS; part++) {
            ((FloatVector) codes.convertShape(VectorOperators.B2F, Lanes.FLOATS, part)).mul(scale).intoArray(out,
                    at + part * Lanes.COUNT);
        }
    }

    /** {@code out = codes * scale + offset}, for sixteen signed codes. */
    static void write(ByteVector codes, float scale, float offset, float[] out, int at) {
        for (int part = 0; part < Lanes.BYTE_PARTS; part++) {
            ((FloatVector) codes.convertShape(VectorOperators.B2F, Lanes.FLOATS, part)).mul(scale).add(offset)
                    .intoArray(out, at + part * Lanes.COUNT);
        }
    }
}
