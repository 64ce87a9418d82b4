package io.millrace.inference.model;

/**
 * Rotary position embedding (Su et al. 2021): the pair {@code (2i, 2i + 1)} of a head is rotated by
 * {@code position * base^(-2i / rotaryWidth) / factor[i]}.
 */
final class RotaryPositions {
    private final double[] frequencies;
    private final float[] cosines;
    private final float[] sines;

    RotaryPositions(LlamaConfig config, float[] factors, int maxTokens) {
        int pairs = config.rotaryWidth() / 2;
        frequencies = new double[pairs];
        for (int i = 0; i < pairs; i++) {
            frequencies[i] = config.rotaryScale() * Math.pow(config.rotaryBase(), -2.0 * i / config.rotaryWidth())
                    / factors[i];
        }
        cosines = new float[maxTokens * pairs];
        sines = new float[maxTokens * pairs];
    }

    /** How many pairs of a head are rotated. */
    int pairs() {
        return frequencies.length;
    }

    /** Of the batch's token {@code t}. */
    float cosine(int t, int pair) {
        return cosines[t * frequencies.length + pair];
    }

    /** Of the batch's token {@code t}. */
    float sine(int t, int pair) {
        return sines[t * frequencies.length + pair];
    }

    /** Computes the angles of a batch's tokens once, for all heads and layers. */
    void prepare(int[] positions, int tokens) {
        int pairs = frequencies.length;
        for (int t = 0; t < tokens; t++) {
            for (int i = 0; i < pairs; i++) {
                double angle = positions[t] * frequencies[i];
                cosines[t * pairs + i] = (float) Math.cos(angle);
                sines[t * pairs + i] = (float) Math.sin(angle);
            }
        }
    }

    /** Rotates {@code heads} heads of the batch's token {@code t}, in place. */
    void rotate(int t, float[] x, int offset, int heads, int headWidth) {
        int pairs = frequencies.length;
        for (int head = 0; head < heads; head++) {
            int start = offset + head * headWidth;
            for (int i = 0; i < pairs; i++) {
                float cosine = cosines[t * pairs + i];
                float sine = sines[t * pairs + i];
                float even = x[start + 2 * i];
                float odd = x[start + 2 * i + 1];
                x[start + 2 * i] = even * cosine - odd * sine;
                x[start + 2 * i + 1] = even * sine + odd * cosine;
            }
        }
    }
}
