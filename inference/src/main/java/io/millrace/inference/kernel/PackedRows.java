package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.Map;

/**
 * Some rows of a matrix, copied to memory in the order in which they are multiplied fastest: in panels of rows that stand side by side (Goto and van de
 * Geijn 2008 call this packing). It takes as many bytes as the rows took in the file, or up to 3 % more.
 *
 * <p>Rows of Q8_0 are multiplied with the activations as they are, those of other types with activations rounded to 8 bits, as ggml does it. A product has the same bits in any batch and with vectors of any width. Immutable; safe for any thread.
 */
public final class PackedRows {
    /** Rows are shared out in whole panels of so many. */
    public static final int PANEL_ROWS = PanelFormat.ROWS;

    /** Of the activations that are multiplied with all panels before the next, so that they stay in the second cache. */
    private static final int CACHED_VALUES = 1 << 17;

    private static final long CACHE_LINE_BYTES = 64;

    private static final Map<TensorType, PanelFormat> FORMATS = Map.of(TensorType.Q4_0, new Q4_0Panels(),
            TensorType.Q4_1, new Q4_1Panels(), TensorType.Q4_K, new Q4_KPanels(),
            TensorType.Q8_0, new Q8_0Panels(), TensorType.Q6_K, new Q6_KPanels());

    private final PanelFormat format;
    private final int columns;
    private final int matrixRows;
    private final int fromRow;
    private final int toRow;
    private final long panelBytes;
    private final MemorySegment panels;

    /**
     * Packs the rows {@code fromRow <= r < toRow}.
     *
     * @param fromRow a multiple of {@link #PANEL_ROWS}
     * @param memory where they are to be; zero at first
     * @throws IllegalArgumentException if rows of the matrix's type cannot be packed
     */
    public PackedRows(Matrix matrix, int fromRow, int toRow, SegmentAllocator memory) {
        if (!packs(matrix.type())) {
            throw new IllegalArgumentException(matrix.name() + ": rows of type " + matrix.type() + " cannot be packed");
        }
        format = FORMATS.get(matrix.type());
        columns = matrix.columns();
        matrixRows = matrix.rows();
        this.fromRow = fromRow;
        this.toRow = toRow;
        panelBytes = Math.ceilDiv(format.bytes(columns), CACHE_LINE_BYTES) * CACHE_LINE_BYTES;
        panels = memory.allocate(panelBytes * Math.ceilDiv(toRow - fromRow, PANEL_ROWS), CACHE_LINE_BYTES);
        for (int row = fromRow; row < toRow; row++) {
            int index = row - fromRow;
            format.pack(matrix, row, panels.asSlice(index / PANEL_ROWS * panelBytes, panelBytes), index % PANEL_ROWS);
        }
    }

    static boolean packs(TensorType type) {
        return FORMATS.containsKey(type);
    }

    /** Bytes that the rows take. */
    public long bytes() {
        return panels.byteSize();
    }

    /** Floats that {@link #multiply} wants, besides its arguments. */
    public static int scratch(int columns) {
        return Math.max(Math.max(NibblePanels.scratch(columns), Q6_KPanels.scratch(columns)), ValuePanels.SCRATCH);
    }

    /**
     * {@code y[t * matrix.rows() + r] = sum over c of matrix[r][c] * x[t][c]} for {@code tokens} tokens and these rows.
     *
     * @param x prepared
     * @param scratch at least {@link #scratch} floats, for this call alone
     */
    public void multiply(Activations x, int tokens, float[] y, float[] scratch) {
        int together = Math.max(8, CACHED_VALUES / columns);
        for (int t = 0; t < tokens; t += together) {
            multiply(x, t, Math.min(tokens, t + together), y, scratch);
        }
    }

    private void multiply(Activations x, int fromToken, int toToken, float[] y, float[] scratch) {
        int full = (toRow - fromRow) / PANEL_ROWS;
        format.multiply(panels, 0, panelBytes, full, columns, x, fromToken, toToken, y, fromRow, matrixRows, scratch);
        if (fromRow + full * PANEL_ROWS < toRow) {
            multiplyLast(fromRow + full * PANEL_ROWS, full * panelBytes, x, fromToken, toToken, y, scratch);
        }
    }

    /** A panel that is not full must not write beyond its rows. */
    private void multiplyLast(int row, long offset, Activations x, int fromToken, int toToken, float[] y,
            float[] scratch) {
        var products = new float[toToken * PANEL_ROWS];
        format.multiply(panels, offset, panelBytes, 1, columns, x, fromToken, toToken, products, 0, PANEL_ROWS,
                scratch);
        for (int t = fromToken; t < toToken; t++) {
            System.arraycopy(products, t * PANEL_ROWS, y, t * matrixRows + row, toRow - row);
        }
    }
}
