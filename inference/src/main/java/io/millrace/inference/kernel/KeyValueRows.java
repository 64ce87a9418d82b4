package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;

/**
 * How keys or values are kept: rows of one tensor type, which are written as well as read. {@code count} is a multiple of the type's
 * block size everywhere. Safe for any thread, as long as no two write to the same range.
 */
public final class KeyValueRows {
    private static final Map<TensorType, ScalarCacheRows.Writer> WRITERS = Map.of(TensorType.F32, F32Rows::write,
            TensorType.F16, F16Rows::write, TensorType.Q8_0, Q8_0Rows::write);

    private final TensorType type;
    private final CacheRowFormat format;

    private KeyValueRows(TensorType type, CacheRowFormat format) {
        this.type = type;
        this.format = format;
    }

    static KeyValueRows scalar(TensorType type) {
        require(type);
        return new KeyValueRows(type, new ScalarCacheRows(RowFormats.SCALAR.get(type), WRITERS.get(type)));
    }

    static KeyValueRows vector(TensorType type) {
        require(type);
        return new KeyValueRows(type, (CacheRowFormat) RowFormats.Vectorised.ALL.get(type));
    }

    private static void require(TensorType type) {
        if (!types().contains(type)) {
            throw new IllegalArgumentException("keys and values cannot be kept as " + type + ", only as " + types());
        }
    }

    /** The types that keys and values can be kept in. */
    public static Set<TensorType> types() {
        return WRITERS.keySet();
    }

    /** Bytes of so many values. */
    public long bytes(int count) {
        return type.bytes(count);
    }

    /** Keeps values, as exactly as the type allows. */
    public void write(float[] x, int xOffset, int count, MemorySegment data, long offset) {
        format.write(x, xOffset, count, data, offset);
    }

    /** Reads values. */
    public void read(MemorySegment data, long offset, int count, float[] out, int outOffset) {
        format.dequantize(data, offset, count, out, outOffset);
    }

    /** {@code out[r] = scale * (row r times x)}, for {@code rows} rows that begin {@code stride} bytes apart. */
    public void dots(float scale, float[] x, int xOffset, int count, MemorySegment data, long offset, long stride,
            int rows, float[] out, int outOffset) {
        format.dots(scale, x, xOffset, count, data, offset, stride, rows, out, outOffset);
    }

    /** {@code y += sum over r of weights[r] * row r}, added row by row. */
    public void addRows(float[] weights, int weightOffset, int rows, MemorySegment data, long offset, long stride,
            int count, float[] y, int yOffset) {
        format.addRows(weights, weightOffset, rows, data, offset, stride, count, y, yOffset);
    }
}
