package io.millrace.inference.quantize;

import io.millrace.inference.kernel.NonLinearCodes;

/** Finds the scale with which the sixteen {@link NonLinearCodes} come closest to a group of 32 weights, errors counting by the square of the weight. */
final class NonLinearSearch {
    static final int GROUP = 32;
    private static final int CODES = 16;
    /** Below this size a group is nothing but zeroes. */
    private static final float NEGLIGIBLE = 1e-15f;
    /** Trials to either side of the scale that makes the largest weight the least value. */
    private static final int TRIALS = 7;

    private NonLinearSearch() {}

    /** The scale, of either sign; 0 for zeroes. */
    static float scale(float[] x, int at) {
        float farthest = Range.farthestFromZero(x, at, GROUP);
        if (Math.abs(farthest) < NEGLIGIBLE) {
            return 0;
        }
        var first = Correlation.of(x, at, 1 / (-farthest / NonLinearCodes.value(0)));
        float scale = first.squares > 0 ? first.products / first.squares : 0;
        float gain = scale * first.products;
        for (int trial = -TRIALS; trial <= TRIALS; trial++) {
            var correlation = Correlation.of(x, at, (trial + NonLinearCodes.value(0)) / farthest);
            if (correlation.squares > 0 && correlation.products * correlation.products > gain * correlation.squares) {
                scale = correlation.products / correlation.squares;
                gain = scale * correlation.products;
            }
        }
        return scale;
    }

    /** Writes the codes of a group's weights, to {@code codes} from {@code to} on. */
    static void encode(float[] x, int at, float scale, int[] codes, int to) {
        float inverse = Rounding.inverse(scale);
        for (int i = 0; i < GROUP; i++) {
            codes[to + i] = nearest(inverse * x[at + i]);
        }
    }

    /** The code whose value is nearest; of two the upper one. */
    private static int nearest(float value) {
        if (value <= NonLinearCodes.value(0)) {
            return 0;
        }
        if (value >= NonLinearCodes.value(CODES - 1)) {
            return CODES - 1;
        }
        int above = 1;
        while (value >= NonLinearCodes.value(above)) {
            above++;
        }
        return value - NonLinearCodes.value(above - 1) < NonLinearCodes.value(above) - value ? above - 1 : above;
    }

    /** Sums over weights and values, each term times the square of the weight: {@code value * weight} and {@code value * value}. */
    private record Correlation(float products, float squares) {
        static Correlation of(float[] x, int at, float inverse) {
            float products = 0;
            float squares = 0;
            for (int i = at; i < at + GROUP; i++) {
                float value = NonLinearCodes.value(nearest(inverse * x[i]));
                float importance = x[i] * x[i];
                products += importance * value * x[i];
                squares += importance * value * value;
            }
            return new Correlation(products, squares);
        }
    }
}
