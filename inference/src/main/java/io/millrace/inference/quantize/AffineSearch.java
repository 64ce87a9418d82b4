package io.millrace.inference.quantize;

import java.util.Arrays;

/**
 * Finds the scale and the minimum with which codes from 0 on come closest to a group of weights: the codes are made with several trial
 * scales, and for each the weighted least squares give the scale and the minimum (make_qkx2_quants in ggml).
 *
 * @param greatestCode codes go from 0 to this
 * @param firstShift by how much the first trial's range of codes is longer than {@code greatestCode}; in codes
 * @param trials how many trials, each 0.1 codes longer than the one before
 * @param absolute whether the error is the sum of deviations, not of their squares
 */
record AffineSearch(int greatestCode, float firstShift, int trials, boolean absolute) {
    private static final float SHIFT_STEP = 0.1f;

    /** Weights are {@code scale * code - minimum}, where the minimum is not negative. */
    record Fit(float scale, float minimum) {}

    /** The sums that least squares take, over a group. */
    private record Sums(float codes, float squares, float products) {}

    /**
     * Fits the weights from {@code x[at]} on, as many as have an importance.
     *
     * @param codes where to write the codes, from {@code to} on
     */
    Fit fit(float[] x, int at, float[] importance, int[] codes, int to) {
        Range range = Range.of(x, at, importance.length);
        float offset = Math.min(range.least(), 0);
        if (range.greatest() == offset) {
            Arrays.fill(codes, to, to + importance.length, 0);
            return new Fit(0, -offset);
        }
        float inverse = greatestCode / (range.greatest() - offset);
        float scale = 1 / inverse;
        int[] trial = codes(x, at, importance.length, inverse, offset);
        System.arraycopy(trial, 0, codes, to, trial.length);
        float leastError = error(x, at, importance, trial, scale, offset);
        for (int i = 0; i < trials; i++) {
            inverse = (firstShift + SHIFT_STEP * i + greatestCode) / (range.greatest() - offset);
            trial = codes(x, at, importance.length, inverse, offset);
            Fit fit = leastSquares(x, at, importance, trial);
            float error = error(x, at, importance, trial, fit.scale, -fit.minimum);
            if (error < leastError) {
                System.arraycopy(trial, 0, codes, to, trial.length);
                leastError = error;
                scale = fit.scale;
                offset = -fit.minimum;
            }
        }
        return new Fit(scale, -offset);
    }

    private int[] codes(float[] x, int at, int count, float inverse, float offset) {
        var codes = new int[count];
        for (int i = 0; i < count; i++) {
            codes[i] = Rounding.toEven(inverse * (x[at + i] - offset), 0, greatestCode);
        }
        return codes;
    }

    /** A fit of NaN, whose error is never the least, where all codes are the same. */
    private static Fit leastSquares(float[] x, int at, float[] importance, int[] codes) {
        float sumImportance = 0;
        float sumWeights = 0;
        for (int i = 0; i < codes.length; i++) {
            sumImportance += importance[i];
            sumWeights += importance[i] * x[at + i];
        }
        Sums sums = sums(x, at, importance, codes);
        float determinant = sumImportance * sums.squares - sums.codes * sums.codes;
        if (!(determinant > 0)) {
            return new Fit(Float.NaN, Float.NaN);
        }
        float offset = (sums.squares * sumWeights - sums.codes * sums.products) / determinant;
        if (offset > 0) {
            return new Fit(sums.products / sums.squares, 0);
        }
        return new Fit((sumImportance * sums.products - sumWeights * sums.codes) / determinant, -offset);
    }

    private static Sums sums(float[] x, int at, float[] importance, int[] codes) {
        float sumCodes = 0;
        float squares = 0;
        float products = 0;
        for (int i = 0; i < codes.length; i++) {
            float code = importance[i] * codes[i];
            sumCodes += code;
            squares += code * codes[i];
            products += code * x[at + i];
        }
        return new Sums(sumCodes, squares, products);
    }

    private float error(float[] x, int at, float[] importance, int[] codes, float scale, float offset) {
        float error = 0;
        for (int i = 0; i < codes.length; i++) {
            float deviation = scale * codes[i] + offset - x[at + i];
            error += importance[i] * (absolute ? Math.abs(deviation) : deviation * deviation);
        }
        return error;
    }
}
