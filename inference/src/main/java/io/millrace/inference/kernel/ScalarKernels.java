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
    public KeyValueRows keyValueRows(TensorType type) {
        return KeyValueRows.scalar(type);
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

    @Override
    public void softmax(float[] x, int offset, int count) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = offset; i < offset + count; i++) {
            max = Math.max(max, x[i]);
        }
        double sum = 0;
        for (int i = offset; i < offset + count; i++) {
            x[i] = (float) Math.exp(x[i] - max);
            sum += x[i];
        }
        float scale = (float) (1 / sum);
        for (int i = offset; i < offset + count; i++) {
            x[i] *= scale;
        }
    }
}
