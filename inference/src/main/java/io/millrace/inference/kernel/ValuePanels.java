package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Panels whose activations are not rounded: weights are written out in single precision, which holds them exactly, and multiplied with the
 * activations as they are. A product is one chain of additions in the order of the columns:
 *
 * <pre>{@code
 * float product = 0;
 * for (int c = 0; c < columns; c++) {
 *     product = fma(weight[c], x[c], product);
 * }
 * }</pre>
 *
 * Several tokens share what is written out, some columns at a time, in {@link PanelTile}. One token has nothing to share: its weights stay in registers, and two panels
 * are read at a time, because an addition that waits for the one before it leaves room for others.
 */
abstract class ValuePanels implements PanelFormat {
    static final int HALF = ROWS / 2;

    /** So many columns of a panel in single precision are 16 KiB: half of a first-level cache. */
    private static final int CACHED_COLUMNS = 128;

    /** Floats that {@link #multiply} wants for what it writes out. */
    static final int SCRATCH = CACHED_COLUMNS * ROWS;

    /**
     * Writes weights, column by column.
     *
     * @param offset where the panel begins
     * @param from the first column, a multiple of 128
     * @param to behind the last
     */
    abstract void unpack(MemorySegment panels, long offset, int columns, int from, int to, float[] out);

    /** One token's products with two panels, written to {@code y} from {@code yAt} and {@code yAt + ROWS} on. */
    abstract void multiplyPair(MemorySegment panels, long offset, long secondOffset, int columns, float[] x, int xAt,
            float[] y, int yAt);

    @Override
    public final void multiply(MemorySegment panels, long offset, long panelBytes, int count, int columns,
            Activations x, int fromToken, int toToken, float[] y, int yAt, int yStride, float[] scratch) {
        int panel = 0;
        if (toToken - fromToken == 1) {
            for (; panel + 1 < count; panel += 2) {
                long first = offset + panel * panelBytes;
                multiplyPair(panels, first, first + panelBytes, columns, x.values(), fromToken * columns, y,
                        yAt + fromToken * yStride + panel * ROWS);
            }
        }
        for (; panel < count; panel++) {
            multiplyShared(panels, offset + panel * panelBytes, columns, x.values(), fromToken, toToken, y,
                    yAt + panel * ROWS, yStride, scratch);
        }
    }

    private void multiplyShared(MemorySegment panels, long offset, int columns, float[] x, int fromToken, int toToken,
            float[] y, int yAt, int yStride, float[] scratch) {
        for (int t = fromToken; t < toToken; t++) {
            Arrays.fill(y, yAt + t * yStride, yAt + t * yStride + ROWS, 0);
        }
        for (int c = 0; c < columns; c += CACHED_COLUMNS) {
            int to = Math.min(columns, c + CACHED_COLUMNS);
            unpack(panels, offset, columns, c, to, scratch);
            PanelTile.multiply(scratch, 0, ROWS, to - c, toToken - fromToken, x, fromToken * columns + c, columns, y,
                    yAt + fromToken * yStride, yStride);
        }
    }
}
