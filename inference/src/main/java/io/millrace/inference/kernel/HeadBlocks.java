package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.function.Function;

/**
 * How the keys or values of {@link #POSITIONS} positions of one head are kept. Values stand position by position; keys the other way, so that one vector holds
 * the same number of many positions: both are then panels of a matrix product. They are read into single precision, a block at a time, for all
 * queries that want it.
 *
 * <p>Safe for any thread, as long as no two write to the same position.
 */
public sealed interface HeadBlocks permits PlainHeadBlocks, Q8_0HeadBlocks {
    /** Positions of a block. */
    int POSITIONS = 32;

    /** The types that keys and values can be kept in. */
    static Set<TensorType> types() {
        return Set.of(TensorType.F32, TensorType.F16, TensorType.Q8_0);
    }

    /**
     * How a type keeps them.
     *
     * @param withVectors whether it is read with the Vector API
     * @throws IllegalArgumentException if the type is not one of {@link #types}
     */
    static HeadBlocks of(TensorType type, boolean withVectors) {
        Function<TensorType, RowFormat> reader = withVectors ? RowFormats.Vectorised.ALL::get : RowFormats.SCALAR::get;
        return switch (type) {
            case F32 -> new PlainHeadBlocks(type, reader.apply(type), F32Rows::write);
            case F16 -> new PlainHeadBlocks(type, reader.apply(type), F16Rows::write);
            case Q8_0 -> new Q8_0HeadBlocks(reader.apply(type), withVectors);
            default -> throw new IllegalArgumentException("keys and values cannot be kept as " + type + ", only as "
                    + types());
        };
    }

    /** Bytes of a block. */
    long bytes(int headWidth);

    /** Keeps a position's keys, {@code headWidth} numbers of {@code x} from {@code at} on, as exactly as the type allows. */
    void writeKeys(float[] x, int at, int headWidth, MemorySegment data, long offset, int position);

    /** Keeps a position's values, likewise. */
    void writeValues(float[] x, int at, int headWidth, MemorySegment data, long offset, int position);

    /** Reads a block of keys: number {@code i} of position {@code p} to {@code out[i * POSITIONS + p]}. */
    void readKeys(MemorySegment data, long offset, int headWidth, float[] out);

    /** Reads a block of values: number {@code i} of position {@code p} to {@code out[p * stride + i]}. */
    void readValues(MemorySegment data, long offset, int headWidth, float[] out, int stride);
}
