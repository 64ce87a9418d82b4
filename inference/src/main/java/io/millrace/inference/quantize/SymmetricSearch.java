package io.millrace.inference.quantize;

import java.util.Arrays;

/**
 * The two ways in which ggml finds the scale with which codes around zero come closest to a group of weights. Errors count by the square of the
 * weight. The largest weight takes the lowest code, since there is one more below zero than above.
 */
final class SymmetricSearch {
    /** Below this size a group is nothing but zeroes. */
    static final float NEGLIGIBLE = 1e-15f;
    /** Trials to either side of the range's own scale. */
    private static final int TRIALS = 9;
    private static final float TRIAL_STEP = 0.1f;
    private static final int ROUNDS = 5;

    private SymmetricSearch() {}

    /** Tries scales near the one that the range gives, and takes the best (make_qx_quants). */
    static float tryingScales(int zero, float[] x, int at, int count, int[] codes, int to) {
        float farthest = Range.farthestFromZero(x, at, count);
        if (Math.abs(farthest) < NEGLIGIBLE) {
            Arrays.fill(codes, to, to + count, 0);
            return 0;
        }
        float bestInverse = -zero / farthest;
        var best = Correlation.of(zero, bestInverse, x, at, count);
        float bestGain = best.scale() * best.products;
        for (int trial = -TRIALS; trial <= TRIALS; trial++) {
            float inverse = -(zero + TRIAL_STEP * trial) / farthest;
            var correlation = Correlation.of(zero, inverse, x, at, count);
            if (trial != 0 && correlation.explainsMoreThan(bestGain)) {
                bestInverse = inverse;
                best = correlation;
                bestGain = best.scale() * best.products;
            }
        }
        for (int i = 0; i < count; i++) {
            codes[to + i] = Rounding.toEven(bestInverse * x[at + i], -zero, zero - 1) + zero;
        }
        return best.scale();
    }

    /** Changes one code after the other as long as the fit gets better (make_q3_quants). */
    static float changingCodes(int zero, float[] x, int at, int count, int[] codes, int to) {
        float farthest = Range.farthestFromZero(x, at, count);
        if (Math.abs(farthest) < NEGLIGIBLE) {
            Arrays.fill(codes, to, to + count, 0);
            return 0;
        }
        float inverse = -zero / farthest;
        var fit = Correlation.of(zero, inverse, x, at, count);
        for (int i = 0; i < count; i++) {
            codes[to + i] = Rounding.toEven(inverse * x[at + i], -zero, zero - 1);
        }
        for (int round = 0; round < ROUNDS; round++) {
            var before = fit;
            for (int i = 0; i < count; i++) {
                float weight = x[at + i];
                var others = fit.without(weight, codes[to + i]);
                if (others.products > 0) {
                    int code = Rounding.toEven(weight * others.squares / others.products, -zero, zero - 1);
                    var changed = others.with(weight, code);
                    if (code != codes[to + i] && changed.isBetterThan(fit)) {
                        codes[to + i] = code;
                        fit = changed;
                    }
                }
            }
            if (fit.equals(before)) {
                break;
            }
        }
        for (int i = to; i < to + count; i++) {
            codes[i] += zero;
        }
        return fit.scale();
    }

    /** Sums over weights and codes, each term times the square of the weight: {@code weight * code} and {@code code * code}. */
    private record Correlation(float products, float squares) {
        static Correlation of(int zero, float inverse, float[] x, int at, int count) {
            float products = 0;
            float squares = 0;
            for (int i = at; i < at + count; i++) {
                int code = Rounding.toEven(inverse * x[i], -zero, zero - 1);
                float importance = x[i] * x[i];
                products += importance * x[i] * code;
                squares += importance * code * code;
            }
            return new Correlation(products, squares);
        }

        /** The scale of the least error. */
        float scale() {
            return squares > 0 ? products / squares : 0;
        }

        boolean explainsMoreThan(float gain) {
            return squares > 0 && products * products > gain * squares;
        }

        boolean isBetterThan(Correlation other) {
            return squares > 0 && products * products * other.squares > other.products * other.products * squares;
        }

        Correlation with(float weight, int code) {
            float importance = weight * weight;
            return new Correlation(products + importance * weight * code, squares + importance * code * code);
        }

        Correlation without(float weight, int code) {
            float importance = weight * weight;
            return new Correlation(products - importance * weight * code, squares - importance * code * code);
        }
    }
}
