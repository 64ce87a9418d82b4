package io.millrace.inference.quantize;

/**
 * A block of 256 weights in groups that have a scale and a minimum each, which are themselves stored as codes: small multiples of two half-precision
 * factors.
 */
final class AffineGroups {
    static final int WEIGHTS = 256;

    /** What a group's weights count in its fit. */
    interface Importance {
        float[] of(float[] x, int at, int count);
    }

    private final float[] x;
    private final int at;
    private final int groupSize;
    private final int greatestCode;
    private final float[] scales;
    private final float[] minima;
    private final int[] codes = new int[WEIGHTS];

    /** Fits every group of the block that begins at {@code x[at]}. */
    AffineGroups(float[] x, int at, int groupSize, AffineSearch search, Importance importance) {
        this.x = x;
        this.at = at;
        this.groupSize = groupSize;
        greatestCode = search.greatestCode();
        scales = new float[WEIGHTS / groupSize];
        minima = new float[WEIGHTS / groupSize];
        for (int group = 0; group < scales.length; group++) {
            int first = group * groupSize;
            var fit = search.fit(x, at + first, importance.of(x, at + first, groupSize), codes, first);
            scales[group] = fit.scale();
            minima[group] = fit.minimum();
        }
    }

    float[] scales() {
        return scales;
    }

    float[] minima() {
        return minima;
    }

    /** The largest positive value, or 0. */
    static float greatest(float[] values) {
        float greatest = 0;
        for (float value : values) {
            if (value > greatest) {
                greatest = value;
            }
        }
        return greatest;
    }

    /** The codes with the scales and minima as a reader will have them: the stored codes times the factors. A group whose scale is 0 keeps its codes. */
    int[] codes(int[] scaleCodes, float scaleFactor, int[] minimumCodes, float minimumFactor) {
        for (int group = 0; group < scales.length; group++) {
            float scale = scaleFactor * scaleCodes[group];
            float minimum = minimumFactor * minimumCodes[group];
            if (scale != 0) {
                for (int i = group * groupSize; i < (group + 1) * groupSize; i++) {
                    codes[i] = Rounding.toEven((x[at + i] + minimum) / scale, 0, greatestCode);
                }
            }
        }
        return codes;
    }
}
