package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.util.Set;

/**
 * What a forward pass computes with. Activations are {@code float[]}, one row of values a token; weights, keys and values are in memory segments.
 * Safe for any thread, as long as no two calls write to the same range.
 */
public interface Kernels {
    /** The tensor types {@link #multiply} and {@link #dequantize} can read. */
    Set<TensorType> types();

    /** Writes one row of weights, {@code columns} of them, to {@code out}. */
    void dequantize(Matrix matrix, int row, float[] out, int outOffset);

    /**
     * {@code y[t * rows + r] = sum over c of matrix[r][c] * x[t * columns + c]} for {@code tokens} tokens and the rows
     * {@code fromRow <= r < toRow}.
     *
     * @param scratch at least {@link #SCRATCH_ROWS} times {@code columns} floats, for this call alone
     */
    void multiply(Matrix matrix, int fromRow, int toRow, float[] x, int tokens, float[] y, float[] scratch);

    /** Whether rows of a type can be {@link PackedRows}. */
    boolean packs(TensorType type);

    /** How many rows {@link #multiply} may keep dequantised in its scratch. */
    int SCRATCH_ROWS = 4;

    /**
     * How keys or values of a type are kept.
     *
     * @throws IllegalArgumentException if the type is not one of {@link HeadBlocks#types}
     */
    HeadBlocks headBlocks(TensorType type);

    /**
     * {@code y[yAt + t * yStride + row] += sum over c of panel[panelAt + c * stride + row] * x[xAt + t * xStride + c]} for
     * {@code tokens} tokens and {@link #PANEL_ROWS} rows.
     */
    void multiplyPanel(float[] panel, int panelAt, int stride, int columns, int tokens, float[] x, int xAt, int xStride,
            float[] y, int yAt, int yStride);

    /** Rows of {@link #multiplyPanel}. */
    int PANEL_ROWS = 32;

    /**
     * One block's part of a softmax over many blocks (Milakov and Gimelshein 2018): what was summed up so far is scaled down when a larger score
     * comes, so that weights are always relative to the largest.
     *
     * @param scores {@link HeadBlocks#POSITIONS} of them from {@code at} on; they become {@code exp(score - largest)}, and 0 from
     *            {@code visible} on
     * @param largest of each row; of this row negative infinity at first
     * @param sums {@link #PARTIAL_SUMS} of each row: all of a row's together are the sum of its weights
     * @param attended {@code width} weighted sums of each row
     */
    void foldScores(float[] scores, int at, int visible, int row, float[] largest, float[] sums, float[] attended,
            int width);

    /** A row's sums in {@link #foldScores}. */
    int PARTIAL_SUMS = 16;

    /** {@code y += x}. */
    void add(float[] x, int xOffset, float[] y, int yOffset, int count);

    /** RMSNorm (Zhang and Sennrich 2019): {@code y = x / sqrt(mean(x^2) + epsilon) * weight}. */
    void rmsNorm(float[] x, int xOffset, float[] weight, float epsilon, float[] y, int yOffset);

    /** SwiGLU (Shazeer 2020): {@code gate = gate * sigmoid(gate) * up}. */
    void swiglu(float[] gate, float[] up, int offset, int count);

    /** How many bits a vector of the fastest kernels has on this machine; 0 if this JVM was started without the Vector API. */
    static int vectorBits() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() ? Lanes.COUNT * Float.SIZE : 0;
    }

    /** Plain loops: the reference. */
    static Kernels scalar() {
        return new ScalarKernels();
    }

    /**
     * The fastest kernels of this machine.
     *
     * @throws VectorsMissingException if this JVM was started without the Vector API
     */
    static Kernels fastest() {
        if (vectorBits() == 0) {
            throw new VectorsMissingException();
        }
        return new VectorKernels();
    }
}
