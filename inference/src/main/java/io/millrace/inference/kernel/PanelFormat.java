package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/**
 * How {@link #ROWS} rows of one tensor type stand side by side in memory, so that one vector holds the same column of many rows. The order of a
 * row's summation depends neither on the width of vectors nor on how many tokens share a call.
 *
 * <p>Kernels write out what their loops do: a helper that takes or returns a vector is not inlined into a large method, and then its vectors
 * are objects.
 */
interface PanelFormat {
    /** Rows of a panel. */
    int ROWS = 32;

    /** Bytes of a panel. */
    long bytes(int columns);

    /**
     * Copies a row of the matrix to its place in a panel, whose bytes were zero before.
     *
     * @param lane which of the panel's rows it is to be
     */
    void pack(Matrix matrix, int row, MemorySegment panel, int lane);

    /**
     * {@code y[yAt + t * yStride + row] = sum over c of weight[row][c] * x[t][c]} for the rows of some panels and the tokens
     * {@code fromToken <= t < toToken}.
     *
     * @param offset where the first panel begins; each next one does {@code panelBytes} behind
     * @param scratch at least {@link PackedRows#scratch} floats
     */
    void multiply(MemorySegment panels, long offset, long panelBytes, int count, int columns, Activations x,
            int fromToken, int toToken, float[] y, int yAt, int yStride, float[] scratch);
}
