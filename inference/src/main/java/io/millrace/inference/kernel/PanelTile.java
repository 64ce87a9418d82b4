package io.millrace.inference.kernel;

import jdk.incubator.vector.FloatVector;

/**
 * The kernel of matrix products (Goto and van de Geijn 2008): a panel of 32 rows, column by column in the first cache, times some tokens. In
 * scalar code:
 *
 * <pre>{@code
 * for (int t = 0; t < tokens; t++) {
 *     for (int row = 0; row < 32; row++) {
 *         for (int c = 0; c < columns; c++) {
 *             y[yAt + t * yStride + row] = fma(panel[panelAt + c * stride + row], x[xAt + t * xStride + c], y[yAt + t * yStride + row]);
 *         }
 *     }
 * }
 * }</pre>
 *
 * Every product is one chain of additions in the order of the columns, so its bits depend neither on the width of vectors nor on the other
 * tokens. All sums of a tile are in registers, which is why the tiles are written out.
 */
final class PanelTile {
    static final int ROWS = 32;
    private static final int HALF = ROWS / 2;

    /** Two vectors of sums for each of so many tokens: half of 32 registers, or three quarters of 16. */
    private static final int MOST = Lanes.HAS_32_REGISTERS ? 8 : 6;

    private PanelTile() {}

    /**
     * Adds a panel's products with some tokens to {@code y}.
     *
     * @param panel the first column at {@code panelAt}, each next one {@code stride} behind
     * @param x the first token's values at {@code xAt}, each next token's {@code xStride} behind
     * @param y the first token's sums at {@code yAt}, each next token's {@code yStride} behind
     */
    static void multiply(float[] panel, int panelAt, int stride, int columns, int tokens, float[] x, int xAt,
            int xStride, float[] y, int yAt, int yStride) {
        int t = 0;
        while (t < tokens) {
            int left = tokens - t;
            int together = left >= MOST ? MOST : left >= 4 ? 4 : left >= 2 ? 2 : 1;
            int ownX = xAt + t * xStride;
            int ownY = yAt + t * yStride;
            switch (together) {
                case 8 -> eight(panel, panelAt, stride, columns, x, ownX, xStride, y, ownY, yStride);
                case 6 -> six(panel, panelAt, stride, columns, x, ownX, xStride, y, ownY, yStride);
                case 4 -> four(panel, panelAt, stride, columns, x, ownX, xStride, y, ownY, yStride);
                case 2 -> two(panel, panelAt, stride, columns, x, ownX, xStride, y, ownY, yStride);
                default -> one(panel, panelAt, stride, columns, x, ownX, y, ownY);
            }
            t += together;
        }
    }

    private static void one(float[] panel, int panelAt, int stride, int columns, float[] x, int xAt,
            float[] y, int yAt) {
        for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
            var lower0 = FloatVector.fromArray(Lanes.FLOATS, y, yAt + lane);
            var upper0 = FloatVector.fromArray(Lanes.FLOATS, y, yAt + HALF + lane);
            int at = panelAt + lane;
            for (int c = 0; c < columns; c++, at += stride) {
                var lower = FloatVector.fromArray(Lanes.FLOATS, panel, at);
                var upper = FloatVector.fromArray(Lanes.FLOATS, panel, at + HALF);
                var value0 = FloatVector.broadcast(Lanes.FLOATS, x[xAt + c]);
                lower0 = lower.fma(value0, lower0);
                upper0 = upper.fma(value0, upper0);
            }
            lower0.intoArray(y, yAt + lane);
            upper0.intoArray(y, yAt + HALF + lane);
        }
    }

    private static void two(float[] panel, int panelAt, int stride, int columns, float[] x, int xAt, int xStride,
            float[] y, int yAt, int yStride) {
        int x1 = xAt + xStride;
        int y1 = yAt + yStride;
        for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
            var lower0 = FloatVector.fromArray(Lanes.FLOATS, y, yAt + lane);
            var upper0 = FloatVector.fromArray(Lanes.FLOATS, y, yAt + HALF + lane);
            var lower1 = FloatVector.fromArray(Lanes.FLOATS, y, y1 + lane);
            var upper1 = FloatVector.fromArray(Lanes.FLOATS, y, y1 + HALF + lane);
            int at = panelAt + lane;
            for (int c = 0; c < columns; c++, at += stride) {
                var lower = FloatVector.fromArray(Lanes.FLOATS, panel, at);
                var upper = FloatVector.fromArray(Lanes.FLOATS, panel, at + HALF);
                var value0 = FloatVector.broadcast(Lanes.FLOATS, x[xAt + c]);
                lower0 = lower.fma(value0, lower0);
                upper0 = upper.fma(value0, upper0);
                var value1 = FloatVector.broadcast(Lanes.FLOATS, x[x1 + c]);
                lower1 = lower.fma(value1, lower1);
                upper1 = upper.fma(value1, upper1);
            }
            lower0.intoArray(y, yAt + lane);
            upper0.intoArray(y, yAt + HALF + lane);
            lower1.intoArray(y, y1 + lane);
            upper1.intoArray(y, y1 + HALF + lane);
        }
    }

    private static void four(float[] panel, int panelAt, int stride, int columns, float[] x, int xAt, int xStride,
            float[] y, int yAt, int yStride) {
        int x1 = xAt + xStride;
        int x2 = x1 + xStride;
        int x3 = x2 + xStride;
        int y1 = yAt + yStride;
        int y2 = y1 + yStride;
        int y3 = y2 + yStride;
        for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
            var lower0 = FloatVector.fromArray(Lanes.FLOATS, y, yAt + lane);
            var upper0 = FloatVector.fromArray(Lanes.FLOATS, y, yAt + HALF + lane);
            var lower1 = FloatVector.fromArray(Lanes.FLOATS, y, y1 + lane);
            var upper1 = FloatVector.fromArray(Lanes.FLOATS, y, y1 + HALF + lane);
            var lower2 = FloatVector.fromArray(Lanes.FLOATS, y, y2 + lane);
            var upper2 = FloatVector.fromArray(Lanes.FLOATS, y, y2 + HALF + lane);
            var lower3 = FloatVector.fromArray(Lanes.FLOATS, y, y3 + lane);
            var upper3 = FloatVector.fromArray(Lanes.FLOATS, y, y3 + HALF + lane);
            int at = panelAt + lane;
            for (int c = 0; c < columns; c++, at += stride) {
                var lower = FloatVector.fromArray(Lanes.FLOATS, panel, at);
                var upper = FloatVector.fromArray(Lanes.FLOATS, panel, at + HALF);
                var value0 = FloatVector.broadcast(Lanes.FLOATS, x[xAt + c]);
                lower0 = lower.fma(value0, lower0);
                upper0 = upper.fma(value0, upper0);
                var value1 = FloatVector.broadcast(Lanes.FLOATS, x[x1 + c]);
                lower1 = lower.fma(value1, lower1);
                upper1 = upper.fma(value1, upper1);
                var value2 = FloatVector.broadcast(Lanes.FLOATS, x[x2 + c]);
                lower2 = lower.fma(value2, lower2);
                upper2 = upper.fma(value2, upper2);
                var value3 = FloatVector.broadcast(Lanes.FLOATS, x[x3 + c]);
                lower3 = lower.fma(value3, lower3);
                upper3 = upper.fma(value3, upper3);
            }
            lower0.intoArray(y, yAt + lane);
            upper0.intoArray(y, yAt + HALF + lane);
            lower1.intoArray(y, y1 + lane);
            upper1.intoArray(y, y1 + HALF + lane);
            lower2.intoArray(y, y2 + lane);
            upper2.intoArray(y, y2 + HALF + lane);
            lower3.intoArray(y, y3 + lane);
            upper3.intoArray(y, y3 + HALF + lane);
        }
    }

    private static void six(float[] panel, int panelAt, int stride, int columns, float[] x, int xAt, int xStride,
            float[] y, int yAt, int yStride) {
        int x1 = xAt + xStride;
        int x2 = x1 + xStride;
        int x3 = x2 + xStride;
        int x4 = x3 + xStride;
        int x5 = x4 + xStride;
        int y1 = yAt + yStride;
        int y2 = y1 + yStride;
        int y3 = y2 + yStride;
        int y4 = y3 + yStride;
        int y5 = y4 + yStride;
        for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
            var lower0 = FloatVector.fromArray(Lanes.FLOATS, y, yAt + lane);
            var upper0 = FloatVector.fromArray(Lanes.FLOATS, y, yAt + HALF + lane);
            var lower1 = FloatVector.fromArray(Lanes.FLOATS, y, y1 + lane);
            var upper1 = FloatVector.fromArray(Lanes.FLOATS, y, y1 + HALF + lane);
            var lower2 = FloatVector.fromArray(Lanes.FLOATS, y, y2 + lane);
            var upper2 = FloatVector.fromArray(Lanes.FLOATS, y, y2 + HALF + lane);
            var lower3 = FloatVector.fromArray(Lanes.FLOATS, y, y3 + lane);
            var upper3 = FloatVector.fromArray(Lanes.FLOATS, y, y3 + HALF + lane);
            var lower4 = FloatVector.fromArray(Lanes.FLOATS, y, y4 + lane);
            var upper4 = FloatVector.fromArray(Lanes.FLOATS, y, y4 + HALF + lane);
            var lower5 = FloatVector.fromArray(Lanes.FLOATS, y, y5 + lane);
            var upper5 = FloatVector.fromArray(Lanes.FLOATS, y, y5 + HALF + lane);
            int at = panelAt + lane;
            for (int c = 0; c < columns; c++, at += stride) {
                var lower = FloatVector.fromArray(Lanes.FLOATS, panel, at);
                var upper = FloatVector.fromArray(Lanes.FLOATS, panel, at + HALF);
                var value0 = FloatVector.broadcast(Lanes.FLOATS, x[xAt + c]);
                lower0 = lower.fma(value0, lower0);
                upper0 = upper.fma(value0, upper0);
                var value1 = FloatVector.broadcast(Lanes.FLOATS, x[x1 + c]);
                lower1 = lower.fma(value1, lower1);
                upper1 = upper.fma(value1, upper1);
                var value2 = FloatVector.broadcast(Lanes.FLOATS, x[x2 + c]);
                lower2 = lower.fma(value2, lower2);
                upper2 = upper.fma(value2, upper2);
                var value3 = FloatVector.broadcast(Lanes.FLOATS, x[x3 + c]);
                lower3 = lower.fma(value3, lower3);
                upper3 = upper.fma(value3, upper3);
                var value4 = FloatVector.broadcast(Lanes.FLOATS, x[x4 + c]);
                lower4 = lower.fma(value4, lower4);
                upper4 = upper.fma(value4, upper4);
                var value5 = FloatVector.broadcast(Lanes.FLOATS, x[x5 + c]);
                lower5 = lower.fma(value5, lower5);
                upper5 = upper.fma(value5, upper5);
            }
            lower0.intoArray(y, yAt + lane);
            upper0.intoArray(y, yAt + HALF + lane);
            lower1.intoArray(y, y1 + lane);
            upper1.intoArray(y, y1 + HALF + lane);
            lower2.intoArray(y, y2 + lane);
            upper2.intoArray(y, y2 + HALF + lane);
            lower3.intoArray(y, y3 + lane);
            upper3.intoArray(y, y3 + HALF + lane);
            lower4.intoArray(y, y4 + lane);
            upper4.intoArray(y, y4 + HALF + lane);
            lower5.intoArray(y, y5 + lane);
            upper5.intoArray(y, y5 + HALF + lane);
        }
    }

    private static void eight(float[] panel, int panelAt, int stride, int columns, float[] x, int xAt, int xStride,
            float[] y, int yAt, int yStride) {
        int x1 = xAt + xStride;
        int x2 = x1 + xStride;
        int x3 = x2 + xStride;
        int x4 = x3 + xStride;
        int x5 = x4 + xStride;
        int x6 = x5 + xStride;
        int x7 = x6 + xStride;
        int y1 = yAt + yStride;
        int y2 = y1 + yStride;
        int y3 = y2 + yStride;
        int y4 = y3 + yStride;
        int y5 = y4 + yStride;
        int y6 = y5 + yStride;
        int y7 = y6 + yStride;
        for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
            var lower0 = FloatVector.fromArray(Lanes.FLOATS, y, yAt + lane);
            var upper0 = FloatVector.fromArray(Lanes.FLOATS, y, yAt + HALF + lane);
            var lower1 = FloatVector.fromArray(Lanes.FLOATS, y, y1 + lane);
            var upper1 = FloatVector.fromArray(Lanes.FLOATS, y, y1 + HALF + lane);
            var lower2 = FloatVector.fromArray(Lanes.FLOATS, y, y2 + lane);
            var upper2 = FloatVector.fromArray(Lanes.FLOATS, y, y2 + HALF + lane);
            var lower3 = FloatVector.fromArray(Lanes.FLOATS, y, y3 + lane);
            var upper3 = FloatVector.fromArray(Lanes.FLOATS, y, y3 + HALF + lane);
            var lower4 = FloatVector.fromArray(Lanes.FLOATS, y, y4 + lane);
            var upper4 = FloatVector.fromArray(Lanes.FLOATS, y, y4 + HALF + lane);
            var lower5 = FloatVector.fromArray(Lanes.FLOATS, y, y5 + lane);
            var upper5 = FloatVector.fromArray(Lanes.FLOATS, y, y5 + HALF + lane);
            var lower6 = FloatVector.fromArray(Lanes.FLOATS, y, y6 + lane);
            var upper6 = FloatVector.fromArray(Lanes.FLOATS, y, y6 + HALF + lane);
            var lower7 = FloatVector.fromArray(Lanes.FLOATS, y, y7 + lane);
            var upper7 = FloatVector.fromArray(Lanes.FLOATS, y, y7 + HALF + lane);
            int at = panelAt + lane;
            for (int c = 0; c < columns; c++, at += stride) {
                var lower = FloatVector.fromArray(Lanes.FLOATS, panel, at);
                var upper = FloatVector.fromArray(Lanes.FLOATS, panel, at + HALF);
                var value0 = FloatVector.broadcast(Lanes.FLOATS, x[xAt + c]);
                lower0 = lower.fma(value0, lower0);
                upper0 = upper.fma(value0, upper0);
                var value1 = FloatVector.broadcast(Lanes.FLOATS, x[x1 + c]);
                lower1 = lower.fma(value1, lower1);
                upper1 = upper.fma(value1, upper1);
                var value2 = FloatVector.broadcast(Lanes.FLOATS, x[x2 + c]);
                lower2 = lower.fma(value2, lower2);
                upper2 = upper.fma(value2, upper2);
                var value3 = FloatVector.broadcast(Lanes.FLOATS, x[x3 + c]);
                lower3 = lower.fma(value3, lower3);
                upper3 = upper.fma(value3, upper3);
                var value4 = FloatVector.broadcast(Lanes.FLOATS, x[x4 + c]);
                lower4 = lower.fma(value4, lower4);
                upper4 = upper.fma(value4, upper4);
                var value5 = FloatVector.broadcast(Lanes.FLOATS, x[x5 + c]);
                lower5 = lower.fma(value5, lower5);
                upper5 = upper.fma(value5, upper5);
                var value6 = FloatVector.broadcast(Lanes.FLOATS, x[x6 + c]);
                lower6 = lower.fma(value6, lower6);
                upper6 = upper.fma(value6, upper6);
                var value7 = FloatVector.broadcast(Lanes.FLOATS, x[x7 + c]);
                lower7 = lower.fma(value7, lower7);
                upper7 = upper.fma(value7, upper7);
            }
            lower0.intoArray(y, yAt + lane);
            upper0.intoArray(y, yAt + HALF + lane);
            lower1.intoArray(y, y1 + lane);
            upper1.intoArray(y, y1 + HALF + lane);
            lower2.intoArray(y, y2 + lane);
            upper2.intoArray(y, y2 + HALF + lane);
            lower3.intoArray(y, y3 + lane);
            upper3.intoArray(y, y3 + HALF + lane);
            lower4.intoArray(y, y4 + lane);
            upper4.intoArray(y, y4 + HALF + lane);
            lower5.intoArray(y, y5 + lane);
            upper5.intoArray(y, y5 + HALF + lane);
            lower6.intoArray(y, y6 + lane);
            upper6.intoArray(y, y6 + HALF + lane);
            lower7.intoArray(y, y7 + lane);
            upper7.intoArray(y, y7 + HALF + lane);
        }
    }
}
