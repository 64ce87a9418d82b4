package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.util.Arrays;
import java.util.Set;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * The kernels with the Vector API; what is not worth a vector is inherited.
 *
 * <p>A product of a row and a column is one vector of partial sums, added to in order, then its lanes, then the tail: in
 * {@link FusedRowFormat#dot} (one token) and in the tiles (several tokens) alike, so both give the same bits.
 */
final class VectorKernels extends ScalarKernels {
    private static final int ROWS = Kernels.SCRATCH_ROWS;

    /** Vectors of 512 bits come in 32 registers: enough for sixteen sums and what they share. */
    private static final boolean WIDE = Lanes.COUNT >= 16;

    private static final VectorShuffle<Float> SWAP_EIGHTS = swap(8);
    private static final VectorShuffle<Float> SWAP_FOURS = swap(4);
    private static final VectorShuffle<Float> SWAP_TWOS = swap(2);
    private static final VectorShuffle<Float> SWAP_ONES = swap(1);

    private static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(Lanes.FLOATS, lane -> (lane ^ distance) % Lanes.COUNT);
    }

    /**
     * The end of every product. Not {@code reduceLanes}: that leaves the order of the additions open, and it differs between interpreted and
     * compiled code.
     */
    static float total(FloatVector sum, float tail) {
        FloatVector folded = sum;
        if (Lanes.COUNT > 8) {
            folded = folded.add(folded.rearrange(SWAP_EIGHTS));
        }
        if (Lanes.COUNT > 4) {
            folded = folded.add(folded.rearrange(SWAP_FOURS));
        }
        folded = folded.add(folded.rearrange(SWAP_TWOS));
        return folded.add(folded.rearrange(SWAP_ONES)).lane(0) + tail;
    }

    @Override
    public Set<TensorType> types() {
        return RowFormats.Vectorised.ALL.keySet();
    }

    @Override
    public void dequantize(Matrix matrix, int row, float[] out, int outOffset) {
        RowFormats.Vectorised.ALL.get(matrix.type()).dequantize(matrix.data(), row * matrix.rowBytes(),
                matrix.columns(), out, outOffset);
    }

    @Override
    public void multiply(Matrix matrix, int fromRow, int toRow, float[] x, int tokens, float[] y, float[] scratch) {
        RowFormat format = RowFormats.Vectorised.ALL.get(matrix.type());
        if (tokens == 1 && format instanceof FusedRowFormat fused) {
            for (int r = fromRow; r < toRow; r++) {
                y[r] = fused.dot(matrix.data(), r * matrix.rowBytes(), matrix.columns(), x, 0);
            }
            return;
        }
        int columns = matrix.columns();
        for (int r = fromRow; r < toRow; r += ROWS) {
            int rows = Math.min(ROWS, toRow - r);
            for (int i = 0; i < rows; i++) {
                format.dequantize(matrix.data(), (r + i) * matrix.rowBytes(), columns, scratch, i * columns);
            }
            int t = 0;
            if (rows == ROWS) {
                for (; WIDE && t + 3 < tokens; t += 4) {
                    WideTile.multiply(scratch, x, t * columns, columns, y, t * matrix.rows() + r, matrix.rows());
                }
                for (; t + 1 < tokens; t += 2) {
                    tile(scratch, x, t * columns, columns, y, t * matrix.rows() + r, matrix.rows());
                }
            }
            for (; rows == ROWS && t < tokens; t++) {
                tile(scratch, x, t * columns, columns, y, t * matrix.rows() + r);
            }
            for (; t < tokens; t++) {
                for (int i = 0; i < rows; i++) {
                    y[t * matrix.rows() + r + i] = dot(scratch, i * columns, x, t * columns, columns);
                }
            }
        }
    }

    /** Four rows times two tokens: eight sums share six loads. */
    private static void tile(float[] w, float[] x, int xOffset, int columns, float[] y, int yOffset, int yStride) {
        var zero = FloatVector.zero(Lanes.FLOATS);
        var s00 = zero;
        var s10 = zero;
        var s20 = zero;
        var s30 = zero;
        var s01 = zero;
        var s11 = zero;
        var s21 = zero;
        var s31 = zero;
        int bound = columns - columns % Lanes.COUNT;
        for (int c = 0; c < bound; c += Lanes.COUNT) {
            var x0 = FloatVector.fromArray(Lanes.FLOATS, x, xOffset + c);
            var x1 = FloatVector.fromArray(Lanes.FLOATS, x, xOffset + columns + c);
            var w0 = FloatVector.fromArray(Lanes.FLOATS, w, c);
            s00 = w0.fma(x0, s00);
            s01 = w0.fma(x1, s01);
            var w1 = FloatVector.fromArray(Lanes.FLOATS, w, columns + c);
            s10 = w1.fma(x0, s10);
            s11 = w1.fma(x1, s11);
            var w2 = FloatVector.fromArray(Lanes.FLOATS, w, 2 * columns + c);
            s20 = w2.fma(x0, s20);
            s21 = w2.fma(x1, s21);
            var w3 = FloatVector.fromArray(Lanes.FLOATS, w, 3 * columns + c);
            s30 = w3.fma(x0, s30);
            s31 = w3.fma(x1, s31);
        }
        int x1Offset = xOffset + columns;
        y[yOffset] = total(s00, tail(w, 0, x, xOffset, bound, columns));
        y[yOffset + 1] = total(s10, tail(w, columns, x, xOffset, bound, columns));
        y[yOffset + 2] = total(s20, tail(w, 2 * columns, x, xOffset, bound, columns));
        y[yOffset + 3] = total(s30, tail(w, 3 * columns, x, xOffset, bound, columns));
        y[yOffset + yStride] = total(s01, tail(w, 0, x, x1Offset, bound, columns));
        y[yOffset + yStride + 1] = total(s11, tail(w, columns, x, x1Offset, bound, columns));
        y[yOffset + yStride + 2] = total(s21, tail(w, 2 * columns, x, x1Offset, bound, columns));
        y[yOffset + yStride + 3] = total(s31, tail(w, 3 * columns, x, x1Offset, bound, columns));
    }

    /** Four rows times one token: a sum of its own for each, as one would wait for itself. */
    private static void tile(float[] w, float[] x, int xOffset, int columns, float[] y, int yOffset) {
        var zero = FloatVector.zero(Lanes.FLOATS);
        var s0 = zero;
        var s1 = zero;
        var s2 = zero;
        var s3 = zero;
        int bound = columns - columns % Lanes.COUNT;
        for (int c = 0; c < bound; c += Lanes.COUNT) {
            var values = FloatVector.fromArray(Lanes.FLOATS, x, xOffset + c);
            s0 = FloatVector.fromArray(Lanes.FLOATS, w, c).fma(values, s0);
            s1 = FloatVector.fromArray(Lanes.FLOATS, w, columns + c).fma(values, s1);
            s2 = FloatVector.fromArray(Lanes.FLOATS, w, 2 * columns + c).fma(values, s2);
            s3 = FloatVector.fromArray(Lanes.FLOATS, w, 3 * columns + c).fma(values, s3);
        }
        y[yOffset] = total(s0, tail(w, 0, x, xOffset, bound, columns));
        y[yOffset + 1] = total(s1, tail(w, columns, x, xOffset, bound, columns));
        y[yOffset + 2] = total(s2, tail(w, 2 * columns, x, xOffset, bound, columns));
        y[yOffset + 3] = total(s3, tail(w, 3 * columns, x, xOffset, bound, columns));
    }

    static float tail(float[] a, int aOffset, float[] b, int bOffset, int from, int to) {
        float sum = 0;
        for (int i = from; i < to; i++) {
            sum = Math.fma(a[aOffset + i], b[bOffset + i], sum);
        }
        return sum;
    }

    private static float dot(float[] a, int aOffset, float[] b, int bOffset, int count) {
        var sum = FloatVector.zero(Lanes.FLOATS);
        int bound = count - count % Lanes.COUNT;
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            sum = FloatVector.fromArray(Lanes.FLOATS, a, aOffset + i)
                    .fma(FloatVector.fromArray(Lanes.FLOATS, b, bOffset + i), sum);
        }
        return total(sum, tail(a, aOffset, b, bOffset, bound, count));
    }

    @Override
    public boolean packs(TensorType type) {
        return PackedRows.packs(type);
    }

    @Override
    public HeadBlocks headBlocks(TensorType type) {
        return HeadBlocks.of(type, true);
    }

    @Override
    public void multiplyPanel(float[] panel, int panelAt, int stride, int columns, int tokens, float[] x, int xAt,
            int xStride, float[] y, int yAt, int yStride) {
        PanelTile.multiply(panel, panelAt, stride, columns, tokens, x, xAt, xStride, y, yAt, yStride);
    }

    @Override
    public void foldScores(float[] scores, int at, int visible, int row, float[] largest, float[] sums,
            float[] attended, int width) {
        Arrays.fill(scores, at + visible, at + HeadBlocks.POSITIONS, Float.NEGATIVE_INFINITY);
        var most = FloatVector.fromArray(Lanes.FLOATS, scores, at);
        for (int i = Lanes.COUNT; i < HeadBlocks.POSITIONS; i += Lanes.COUNT) {
            most = most.max(FloatVector.fromArray(Lanes.FLOATS, scores, at + i));
        }
        float before = largest[row];
        largest[row] = Math.max(before, most.reduceLanes(VectorOperators.MAX));
        scaleDown(before, row, largest, sums, attended, width);
        Exponential.apply(scores, at, HeadBlocks.POSITIONS, largest[row]);
        // each sum adds in the same order with vectors of any width
        for (int i = 0; i < PARTIAL_SUMS; i += Lanes.COUNT) {
            int sum = row * PARTIAL_SUMS + i;
            FloatVector.fromArray(Lanes.FLOATS, sums, sum).add(FloatVector.fromArray(Lanes.FLOATS, scores, at + i))
                    .add(FloatVector.fromArray(Lanes.FLOATS, scores, at + PARTIAL_SUMS + i)).intoArray(sums, sum);
        }
    }

    @Override
    public void swiglu(float[] gate, float[] up, int offset, int count) {
        int whole = count - count % Lanes.COUNT;
        Exponential.swiglu(gate, up, offset, whole);
        if (whole < count) {
            // the same formula to the end: which numbers stand there depends on the batch
            float[] lastGate = Arrays.copyOf(Arrays.copyOfRange(gate, offset + whole, offset + count), Lanes.COUNT);
            float[] lastUp = Arrays.copyOf(Arrays.copyOfRange(up, offset + whole, offset + count), Lanes.COUNT);
            Exponential.swiglu(lastGate, lastUp, 0, Lanes.COUNT);
            System.arraycopy(lastGate, 0, gate, offset + whole, count - whole);
        }
    }
}
