package io.millrace.inference.quantize;

import java.util.function.IntUnaryOperator;

/**
 * Finds the scale with which codes from 0 to 4 come closest to magnitudes: tries several, then changes one code after the other as long as the fit gets better (make_qp_quants in
 * ggml). Codes are bytes without a sign there, so that one below zero becomes a large one.
 */
final class PositiveSearch {
    private static final int GREATEST_CODE = 4;
    private static final int TRIALS = 4;
    private static final float TRIAL_STEP = 0.1f;
    private static final int ROUNDS = 5;
    private static final int BYTE = 0xff;

    private PositiveSearch() {}

    /** What three times the scale is: where a search with the numbers 1, 3 and 5 begins. Where no error counts, that is the greatest magnitude. */
    static float reach(float[] magnitudes, float[] errorWeights) {
        float scale = scale(magnitudes, errorWeights);
        return scale > 0 ? scale * (GREATEST_CODE - 1) : GridSearch.greatest(magnitudes, errorWeights);
    }

    private static float scale(float[] x, float[] errorWeights) {
        float greatest = Range.of(x, 0, x.length).greatest();
        float inverse = GREATEST_CODE / greatest;
        float least = error(x, errorWeights, inverse, code -> code & BYTE);
        for (int trial = -TRIALS; trial <= TRIALS; trial++) {
            float tried = (TRIAL_STEP * trial + GREATEST_CODE) / greatest;
            float error = error(x, errorWeights, tried, code -> Math.min(GREATEST_CODE, code));
            if (trial != 0 && error < least) {
                least = error;
                inverse = tried;
            }
        }
        var codes = new int[x.length];
        float products = 0;
        float squares = 0;
        for (int i = 0; i < x.length; i++) {
            int code = Math.min(GREATEST_CODE, Rounding.toEven(inverse * x[i]));
            codes[i] = code & BYTE;
            products += errorWeights[i] * x[i] * code;
            squares += errorWeights[i] * code * code;
        }
        return changingCodes(x, errorWeights, codes, new WeightedCorrelation(products, squares)).scale();
    }

    private static float error(float[] x, float[] errorWeights, float inverse, IntUnaryOperator limit) {
        float scale = 1 / inverse;
        float error = 0;
        for (int i = 0; i < x.length; i++) {
            float difference = x[i] - scale * limit.applyAsInt(Rounding.toEven(inverse * x[i]));
            error += errorWeights[i] * difference * difference;
        }
        return error;
    }

    private static WeightedCorrelation changingCodes(float[] x, float[] errorWeights, int[] codes,
            WeightedCorrelation first) {
        var fit = first;
        for (int round = 0; round < ROUNDS; round++) {
            var before = fit;
            for (int i = 0; i < x.length; i++) {
                float weight = errorWeights[i];
                float products = fit.products() - weight * x[i] * codes[i];
                float squares = fit.squares() - weight * codes[i] * codes[i];
                if (products > 0 && squares > 0) {
                    int code = Math.min(GREATEST_CODE, Rounding.toEven(x[i] * squares / products));
                    var changed = new WeightedCorrelation(products + weight * x[i] * code,
                            squares + weight * code * code);
                    if (code != codes[i] && changed.isBetterThan(fit)) {
                        codes[i] = code & BYTE;
                        fit = changed;
                    }
                }
            }
            if (fit.equals(before)) {
                break;
            }
        }
        return fit;
    }
}
