package io.millrace.inference.quantize;

/**
 * A block of 256 weights in 16 groups that have a scale of either sign each, which are themselves stored as codes: small multiples of one
 * half-precision factor.
 */
final class SymmetricGroups {
    static final int WEIGHTS = 256;
    private static final int GROUP = 16;

    /** Finds a group's scale and writes its codes, of which {@code zero} stands for 0. */
    interface Search {
        float scale(int zero, float[] x, int at, int count, int[] codes, int to);
    }

    private final float[] x;
    private final int at;
    private final int zero;
    private final float[] scales = new float[WEIGHTS / GROUP];
    private final int[] codes = new int[WEIGHTS];

    /** Fits every group of the block that begins at {@code x[at]} with codes from 0 to {@code 2 * zero - 1}. */
    SymmetricGroups(float[] x, int at, int zero, Search search) {
        this.x = x;
        this.at = at;
        this.zero = zero;
        for (int group = 0; group < scales.length; group++) {
            scales[group] = search.scale(zero, x, at + group * GROUP, GROUP, codes, group * GROUP);
        }
    }

    /** The scale of the largest size, with its sign. */
    float farthestScale() {
        return Range.farthestFromZero(scales, 0, scales.length);
    }

    /** The scales as multiples of {@code 1 / inverse}, rounded: from {@code -limit} to {@code limit - 1}. */
    int[] scaleCodes(float inverse, int limit) {
        var scaleCodes = new int[scales.length];
        for (int group = 0; group < scales.length; group++) {
            scaleCodes[group] = Rounding.toEven(inverse * scales[group], -limit, limit - 1);
        }
        return scaleCodes;
    }

    /** The codes with the scales as a reader will have them: the stored codes times the factor. A group whose scale is 0 keeps its codes. */
    int[] codes(int[] scaleCodes, float factor) {
        for (int group = 0; group < scales.length; group++) {
            float scale = factor * scaleCodes[group];
            if (scale != 0) {
                for (int i = group * GROUP; i < (group + 1) * GROUP; i++) {
                    codes[i] = Rounding.toEven(x[at + i] / scale, -zero, zero - 1) + zero;
                }
            }
        }
        return codes;
    }
}
