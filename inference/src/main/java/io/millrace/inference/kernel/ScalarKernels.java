package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.util.Set;

/** The kernels in plain loops. Sums are kept in double, so this is also what the fast ones are measured against. */
class ScalarKernels implements Kernels {
    @Override
    public Set<TensorType> types() {
        return RowFormats.SCALAR.keySet();
    }

    @Override
    public void dequantize(Matrix matrix, int row, float[] out, int outOffset) {
        RowFormats.SCALAR.get(matrix.type()).dequantize(matrix.data(), row * matrix.rowBytes(), matrix.columns(), out,
                outOffset);
    }

    @Override
    public void multiply(Matrix matrix, int fromRow, int toRow, float[] x, int tokens, float[] y, float[] scratch) {
        ScalarRows format = RowFormats.SCALAR.get(matrix.type());
        for (int t = 0; t < tokens; t++) {
            for (int r = fromRow; r < toRow; r++) {
                y[t * matrix.rows() + r] = format.dot(matrix.data(), r * matrix.rowBytes(), matrix.columns(), x,
                        t * matrix.columns());
            }
        }
    }

    @Override
    public boolean packs(TensorType type) {
        return false;
    }

    @Override
    public HeadBlocks headBlocks(TensorType type) {
        return HeadBlocks.of(type, false);
    }

    @Override
    public void multiplyPanel(float[] panel, int panelAt, int stride, int columns, int tokens, float[] x, int xAt,
            int xStride, float[] y, int yAt, int yStride) {
        for (int t = 0; t < tokens; t++) {
            for (int row = 0; row < PANEL_ROWS; row++) {
                double sum = y[yAt + t * yStride + row];
                for (int c = 0; c < columns; c++) {
                    sum += (double) panel[panelAt + c * stride + row] * x[xAt + t * xStride + c];
                }
                y[yAt + t * yStride + row] = (float) sum;
            }
        }
    }

    @Override
    public void foldScores(float[] scores, int at, int visible, int row, float[] largest, float[] sums,
            float[] attended, int width) {
        float before = largest[row];
        for (int i = at; i < at + visible; i++) {
            largest[row] = Math.max(largest[row], scores[i]);
        }
        scaleDown(before, row, largest, sums, attended, width);
        for (int i = 0; i < HeadBlocks.POSITIONS; i++) {
            scores[at + i] = i < visible ? (float) Math.exp(scores[at + i] - largest[row]) : 0;
            sums[row * PARTIAL_SUMS + i % PARTIAL_SUMS] += scores[at + i];
        }
    }

    /** What was summed up relative to a smaller score becomes relative to the largest. */
    static void scaleDown(float before, int row, float[] largest, float[] sums, float[] attended, int width) {
        if (before == largest[row]) {
            return;
        }
        float factor = (float) Math.exp((double) before - largest[row]);
        for (int i = row * PARTIAL_SUMS; i < (row + 1) * PARTIAL_SUMS; i++) {
            sums[i] *= factor;
        }
        for (int i = row * width; i < (row + 1) * width; i++) {
            attended[i] *= factor;
        }
    }

    @Override
    public void add(float[] x, int xOffset, float[] y, int yOffset, int count) {
        for (int i = 0; i < count; i++) {
            y[yOffset + i] += x[xOffset + i];
        }
    }

    @Override
    public void rmsNorm(float[] x, int xOffset, float[] weight, float epsilon, float[] y, int yOffset) {
        double squares = 0;
        for (int i = 0; i < weight.length; i++) {
            squares += (double) x[xOffset + i] * x[xOffset + i];
        }
        float scale = (float) (1 / Math.sqrt(squares / weight.length + epsilon));
        for (int i = 0; i < weight.length; i++) {
            y[yOffset + i] = x[xOffset + i] * scale * weight[i];
        }
    }

    @Override
    public void swiglu(float[] gate, float[] up, int offset, int count) {
        for (int i = offset; i < offset + count; i++) {
            gate[i] = (float) (gate[i] / (1 + Math.exp(-gate[i]))) * up[i];
        }
    }
}
