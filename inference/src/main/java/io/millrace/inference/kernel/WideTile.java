package io.millrace.inference.kernel;

import jdk.incubator.vector.FloatVector;

/** Four rows times four tokens: sixteen sums share eight loads. For processors with that many registers. */
final class WideTile {
    private WideTile() {}

    /**
     * Multiplies.
     *
     * @param w four rows, one after the other
     * @param x tokens' values, from {@code xOffset} on, one token after the other
     * @param y a token's products stand {@code yStride} behind those of the token before it
     */
    static void multiply(float[] w, float[] x, int xOffset, int columns, float[] y, int yOffset, int yStride) {
        var zero = FloatVector.zero(Lanes.FLOATS);
        var s00 = zero;
        var s10 = zero;
        var s20 = zero;
        var s30 = zero;
        var s01 = zero;
        var s11 = zero;
        var s21 = zero;
        var s31 = zero;
        var s02 = zero;
        var s12 = zero;
        var s22 = zero;
        var s32 = zero;
        var s03 = zero;
        var s13 = zero;
        var s23 = zero;
        var s33 = zero;
        int bound = columns - columns % Lanes.COUNT;
        for (int c = 0; c < bound; c += Lanes.COUNT) {
            var x0 = FloatVector.fromArray(Lanes.FLOATS, x, xOffset + c);
            var x1 = FloatVector.fromArray(Lanes.FLOATS, x, xOffset + columns + c);
            var x2 = FloatVector.fromArray(Lanes.FLOATS, x, xOffset + 2 * columns + c);
            var x3 = FloatVector.fromArray(Lanes.FLOATS, x, xOffset + 3 * columns + c);
            var w0 = FloatVector.fromArray(Lanes.FLOATS, w, c);
            s00 = w0.fma(x0, s00);
            s01 = w0.fma(x1, s01);
            s02 = w0.fma(x2, s02);
            s03 = w0.fma(x3, s03);
            var w1 = FloatVector.fromArray(Lanes.FLOATS, w, columns + c);
            s10 = w1.fma(x0, s10);
            s11 = w1.fma(x1, s11);
            s12 = w1.fma(x2, s12);
            s13 = w1.fma(x3, s13);
            var w2 = FloatVector.fromArray(Lanes.FLOATS, w, 2 * columns + c);
            s20 = w2.fma(x0, s20);
            s21 = w2.fma(x1, s21);
            s22 = w2.fma(x2, s22);
            s23 = w2.fma(x3, s23);
            var w3 = FloatVector.fromArray(Lanes.FLOATS, w, 3 * columns + c);
            s30 = w3.fma(x0, s30);
            s31 = w3.fma(x1, s31);
            s32 = w3.fma(x2, s32);
            s33 = w3.fma(x3, s33);
        }
        int x1Offset = xOffset + 1 * columns;
        int x2Offset = xOffset + 2 * columns;
        int x3Offset = xOffset + 3 * columns;
        y[yOffset] = total(s00, w, 0, x, xOffset, bound, columns);
        y[yOffset + 1] = total(s10, w, columns, x, xOffset, bound, columns);
        y[yOffset + 2] = total(s20, w, 2 * columns, x, xOffset, bound, columns);
        y[yOffset + 3] = total(s30, w, 3 * columns, x, xOffset, bound, columns);
        y[yOffset + yStride] = total(s01, w, 0, x, x1Offset, bound, columns);
        y[yOffset + yStride + 1] = total(s11, w, columns, x, x1Offset, bound, columns);
        y[yOffset + yStride + 2] = total(s21, w, 2 * columns, x, x1Offset, bound, columns);
        y[yOffset + yStride + 3] = total(s31, w, 3 * columns, x, x1Offset, bound, columns);
        y[yOffset + 2 * yStride] = total(s02, w, 0, x, x2Offset, bound, columns);
        y[yOffset + 2 * yStride + 1] = total(s12, w, columns, x, x2Offset, bound, columns);
        y[yOffset + 2 * yStride + 2] = total(s22, w, 2 * columns, x, x2Offset, bound, columns);
        y[yOffset + 2 * yStride + 3] = total(s32, w, 3 * columns, x, x2Offset, bound, columns);
        y[yOffset + 3 * yStride] = total(s03, w, 0, x, x3Offset, bound, columns);
        y[yOffset + 3 * yStride + 1] = total(s13, w, columns, x, x3Offset, bound, columns);
        y[yOffset + 3 * yStride + 2] = total(s23, w, 2 * columns, x, x3Offset, bound, columns);
        y[yOffset + 3 * yStride + 3] = total(s33, w, 3 * columns, x, x3Offset, bound, columns);
    }

    private static float total(FloatVector sum, float[] w, int wOffset, float[] x, int xOffset, int from, int to) {
        return VectorKernels.total(sum, VectorKernels.tail(w, wOffset, x, xOffset, from, to));
    }
}
