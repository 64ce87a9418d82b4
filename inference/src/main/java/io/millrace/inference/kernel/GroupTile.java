package io.millrace.inference.kernel;

import jdk.incubator.vector.FloatVector;

/**
 * A group of columns of a panel, unpacked to single precision, times several tokens. In scalar code, it adds to each product
 *
 * <pre>{@code
 * for (int part = 0; part < 2; part++) {
 *     float sum = 0;
 *     for (int c = part * run; c < columns; c += 2 * run) {
 *         for (int i = c; i < c + run; i++) {
 *             sum = fma(code[i], x[i], sum);
 *         }
 *     }
 *     product = fma(sum, scale, product);
 * }
 * }</pre>
 *
 * The two sums are for the kernels of one token, which would otherwise wait for each addition before the next.
 */
final class GroupTile {
    private static final int ROWS = PanelFormat.ROWS;
    private static final int HALF = ROWS / 2;

    /** As many tokens as the processor has registers for the sums of. */
    private static final int MOST = Lanes.COUNT >= 16 ? 8 : 4;

    private GroupTile() {}

    /**
     * Adds to the products of some tokens.
     *
     * @param scratch has the rows' scales at {@code scales} and the codes, column by column, at {@code codes}
     * @param run a power of two
     * @param x where the first token's values of these columns begin; a token's stand {@code xStride} behind those of the token before it
     * @param y a token's products stand {@code yStride} behind those of the token before it
     */
    static void multiply(float[] scratch, int scales, int codes, int columns, int run, int tokens, float[] values,
            int x,
            int xStride, float[] y, int yAt, int yStride) {
        int t = 0;
        while (t < tokens) {
            int together = tokens - t >= MOST ? MOST : tokens - t >= 4 ? 4 : 1;
            int ownX = x + t * xStride;
            int ownY = yAt + t * yStride;
            if (together == 8) {
                eight(scratch, scales, codes, columns, run, values, ownX, xStride, y, ownY, yStride);
            } else if (together == 4) {
                four(scratch, scales, codes, columns, run, values, ownX, xStride, y, ownY, yStride);
            } else {
                one(scratch, scales, codes, columns, run, values, ownX, y, ownY);
            }
            t += together;
        }
    }

    private static void one(float[] scratch, int scales, int codes, int columns, int run, float[] values, int x,
            float[] y, int yAt) {
        for (int first = 0; first <= run; first += run) {
            for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
                var lowerSum = FloatVector.zero(Lanes.FLOATS);
                var upperSum = lowerSum;
                for (int i = 0; i < columns / 2; i++) {
                    int c = first + i + (i & -run);
                    int at = codes + c * ROWS + lane;
                    var lower = FloatVector.fromArray(Lanes.FLOATS, scratch, at);
                    var upper = FloatVector.fromArray(Lanes.FLOATS, scratch, at + HALF);
                    var value = FloatVector.broadcast(Lanes.FLOATS, values[x + c]);
                    lowerSum = lower.fma(value, lowerSum);
                    upperSum = upper.fma(value, upperSum);
                }
                var lowerScale = FloatVector.fromArray(Lanes.FLOATS, scratch, scales + lane);
                var upperScale = FloatVector.fromArray(Lanes.FLOATS, scratch, scales + HALF + lane);
                int product = yAt + lane;
                lowerSum.fma(lowerScale, FloatVector.fromArray(Lanes.FLOATS, y, product)).intoArray(y, product);
                upperSum.fma(upperScale, FloatVector.fromArray(Lanes.FLOATS, y, product + HALF)).intoArray(y,
                        product + HALF);
            }
        }
    }

    private static void four(float[] scratch, int scales, int codes, int columns, int run, float[] values, int x,
            int xStride,
            float[] y, int yAt, int yStride) {
        int x1 = x + xStride;
        int x2 = x1 + xStride;
        int x3 = x2 + xStride;
        for (int first = 0; first <= run; first += run) {
            for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
                var lower0 = FloatVector.zero(Lanes.FLOATS);
                var upper0 = lower0;
                var lower1 = FloatVector.zero(Lanes.FLOATS);
                var upper1 = lower1;
                var lower2 = FloatVector.zero(Lanes.FLOATS);
                var upper2 = lower2;
                var lower3 = FloatVector.zero(Lanes.FLOATS);
                var upper3 = lower3;
                for (int i = 0; i < columns / 2; i++) {
                    int c = first + i + (i & -run);
                    int at = codes + c * ROWS + lane;
                    var lower = FloatVector.fromArray(Lanes.FLOATS, scratch, at);
                    var upper = FloatVector.fromArray(Lanes.FLOATS, scratch, at + HALF);
                    var value0 = FloatVector.broadcast(Lanes.FLOATS, values[x + c]);
                    lower0 = lower.fma(value0, lower0);
                    upper0 = upper.fma(value0, upper0);
                    var value1 = FloatVector.broadcast(Lanes.FLOATS, values[x1 + c]);
                    lower1 = lower.fma(value1, lower1);
                    upper1 = upper.fma(value1, upper1);
                    var value2 = FloatVector.broadcast(Lanes.FLOATS, values[x2 + c]);
                    lower2 = lower.fma(value2, lower2);
                    upper2 = upper.fma(value2, upper2);
                    var value3 = FloatVector.broadcast(Lanes.FLOATS, values[x3 + c]);
                    lower3 = lower.fma(value3, lower3);
                    upper3 = upper.fma(value3, upper3);
                }
                var lowerScale = FloatVector.fromArray(Lanes.FLOATS, scratch, scales + lane);
                var upperScale = FloatVector.fromArray(Lanes.FLOATS, scratch, scales + HALF + lane);
                int product = yAt + lane;
                lower0.fma(lowerScale, FloatVector.fromArray(Lanes.FLOATS, y, product)).intoArray(y, product);
                upper0.fma(upperScale, FloatVector.fromArray(Lanes.FLOATS, y, product + HALF)).intoArray(y,
                        product + HALF);
                product += yStride;
                lower1.fma(lowerScale, FloatVector.fromArray(Lanes.FLOATS, y, product)).intoArray(y, product);
                upper1.fma(upperScale, FloatVector.fromArray(Lanes.FLOATS, y, product + HALF)).intoArray(y,
                        product + HALF);
                product += yStride;
                lower2.fma(lowerScale, FloatVector.fromArray(Lanes.FLOATS, y, product)).intoArray(y, product);
                upper2.fma(upperScale, FloatVector.fromArray(Lanes.FLOATS, y, product + HALF)).intoArray(y,
                        product + HALF);
                product += yStride;
                lower3.fma(lowerScale, FloatVector.fromArray(Lanes.FLOATS, y, product)).intoArray(y, product);
                upper3.fma(upperScale, FloatVector.fromArray(Lanes.FLOATS, y, product + HALF)).intoArray(y,
                        product + HALF);
            }
        }
    }

    private static void eight(float[] scratch, int scales, int codes, int columns, int run, float[] values, int x,
            int xStride,
            float[] y, int yAt, int yStride) {
        int x1 = x + xStride;
        int x2 = x1 + xStride;
        int x3 = x2 + xStride;
        int x4 = x3 + xStride;
        int x5 = x4 + xStride;
        int x6 = x5 + xStride;
        int x7 = x6 + xStride;
        for (int first = 0; first <= run; first += run) {
            for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
                var lower0 = FloatVector.zero(Lanes.FLOATS);
                var upper0 = lower0;
                var lower1 = FloatVector.zero(Lanes.FLOATS);
                var upper1 = lower1;
                var lower2 = FloatVector.zero(Lanes.FLOATS);
                var upper2 = lower2;
                var lower3 = FloatVector.zero(Lanes.FLOATS);
                var upper3 = lower3;
                var lower4 = FloatVector.zero(Lanes.FLOATS);
                var upper4 = lower4;
                var lower5 = FloatVector.zero(Lanes.FLOATS);
                var upper5 = lower5;
                var lower6 = FloatVector.zero(Lanes.FLOATS);
                var upper6 = lower6;
                var lower7 = FloatVector.zero(Lanes.FLOATS);
                var upper7 = lower7;
                for (int i = 0; i < columns / 2; i++) {
                    int c = first + i + (i & -run);
                    int at = codes + c * ROWS + lane;
                    var lower = FloatVector.fromArray(Lanes.FLOATS, scratch, at);
                    var upper = FloatVector.fromArray(Lanes.FLOATS, scratch, at + HALF);
                    var value0 = FloatVector.broadcast(Lanes.FLOATS, values[x + c]);
                    lower0 = lower.fma(value0, lower0);
                    upper0 = upper.fma(value0, upper0);
                    var value1 = FloatVector.broadcast(Lanes.FLOATS, values[x1 + c]);
                    lower1 = lower.fma(value1, lower1);
                    upper1 = upper.fma(value1, upper1);
                    var value2 = FloatVector.broadcast(Lanes.FLOATS, values[x2 + c]);
                    lower2 = lower.fma(value2, lower2);
                    upper2 = upper.fma(value2, upper2);
                    var value3 = FloatVector.broadcast(Lanes.FLOATS, values[x3 + c]);
                    lower3 = lower.fma(value3, lower3);
                    upper3 = upper.fma(value3, upper3);
                    var value4 = FloatVector.broadcast(Lanes.FLOATS, values[x4 + c]);
                    lower4 = lower.fma(value4, lower4);
                    upper4 = upper.fma(value4, upper4);
                    var value5 = FloatVector.broadcast(Lanes.FLOATS, values[x5 + c]);
                    lower5 = lower.fma(value5, lower5);
                    upper5 = upper.fma(value5, upper5);
                    var value6 = FloatVector.broadcast(Lanes.FLOATS, values[x6 + c]);
                    lower6 = lower.fma(value6, lower6);
                    upper6 = upper.fma(value6, upper6);
                    var value7 = FloatVector.broadcast(Lanes.FLOATS, values[x7 + c]);
                    lower7 = lower.fma(value7, lower7);
                    upper7 = upper.fma(value7, upper7);
                }
                var lowerScale = FloatVector.fromArray(Lanes.FLOATS, scratch, scales + lane);
                var upperScale = FloatVector.fromArray(Lanes.FLOATS, scratch, scales + HALF + lane);
                int product = yAt + lane;
                lower0.fma(lowerScale, FloatVector.fromArray(Lanes.FLOATS, y, product)).intoArray(y, product);
                upper0.fma(upperScale, FloatVector.fromArray(Lanes.FLOATS, y, product + HALF)).intoArray(y,
                        product + HALF);
                product += yStride;
                lower1.fma(lowerScale, FloatVector.fromArray(Lanes.FLOATS, y, product)).intoArray(y, product);
                upper1.fma(upperScale, FloatVector.fromArray(Lanes.FLOATS, y, product + HALF)).intoArray(y,
                        product + HALF);
                product += yStride;
                lower2.fma(lowerScale, FloatVector.fromArray(Lanes.FLOATS, y, product)).intoArray(y, product);
                upper2.fma(upperScale, FloatVector.fromArray(Lanes.FLOATS, y, product + HALF)).intoArray(y,
                        product + HALF);
                product += yStride;
                lower3.fma(lowerScale, FloatVector.fromArray(Lanes.FLOATS, y, product)).intoArray(y, product);
                upper3.fma(upperScale, FloatVector.fromArray(Lanes.FLOATS, y, product + HALF)).intoArray(y,
                        product + HALF);
                product += yStride;
                lower4.fma(lowerScale, FloatVector.fromArray(Lanes.FLOATS, y, product)).intoArray(y, product);
                upper4.fma(upperScale, FloatVector.fromArray(Lanes.FLOATS, y, product + HALF)).intoArray(y,
                        product + HALF);
                product += yStride;
                lower5.fma(lowerScale, FloatVector.fromArray(Lanes.FLOATS, y, product)).intoArray(y, product);
                upper5.fma(upperScale, FloatVector.fromArray(Lanes.FLOATS, y, product + HALF)).intoArray(y,
                        product + HALF);
                product += yStride;
                lower6.fma(lowerScale, FloatVector.fromArray(Lanes.FLOATS, y, product)).intoArray(y, product);
                upper6.fma(upperScale, FloatVector.fromArray(Lanes.FLOATS, y, product + HALF)).intoArray(y,
                        product + HALF);
                product += yStride;
                lower7.fma(lowerScale, FloatVector.fromArray(Lanes.FLOATS, y, product)).intoArray(y, product);
                upper7.fma(upperScale, FloatVector.fromArray(Lanes.FLOATS, y, product + HALF)).intoArray(y,
                        product + HALF);
            }
        }
    }
}
