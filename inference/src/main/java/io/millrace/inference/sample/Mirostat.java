package io.millrace.inference.sample;

import io.millrace.inference.SamplingOptions;

/** Draws so that the surprise of what is drawn stays near a target (Basu et al. 2020, algorithms 1 and 2). Not thread-safe. */
final class Mirostat {
    /** How many of the most likely tokens tell how fast probabilities fall. */
    private static final int FITTED_TOKENS = 100;
    private static final double LOG_2 = Math.log(2);

    private final SamplingOptions.Mirostat options;
    private final int vocabularySize;
    /** The most surprise that is let through, in bits. */
    private double limit;

    Mirostat(SamplingOptions.Mirostat options, int vocabularySize) {
        this.options = options;
        this.vocabularySize = vocabularySize;
        limit = 2.0 * options.tau();
    }

    /** Draws a token and adapts. */
    int choose(Candidates candidates, double chance) {
        candidates.sort();
        float[] probabilities = candidates.probabilities();
        int kept = options.version() == 1
                ? byFit(probabilities, candidates.count())
                : byLimit(probabilities,
                        candidates.count());
        candidates.keepFirst(kept);
        int token = candidates.drawn(chance, 1);
        limit -= options.eta() * (surprise(token, candidates) - options.tau());
        return token;
    }

    private double surprise(int token, Candidates kept) {
        float[] probabilities = kept.probabilities();
        int index = 0;
        while (kept.token(index) != token) {
            index++;
        }
        return -Math.log(probabilities[index]) / LOG_2;
    }

    /** How many tokens a vocabulary whose probabilities fall as these would let through (Zipf's law). */
    private int byFit(float[] probabilities, int count) {
        double products = 0;
        double squares = 0;
        for (int i = 0; i < Math.min(FITTED_TOKENS, count) - 1 && probabilities[i + 1] > 0; i++) {
            double rank = Math.log((i + 2.0) / (i + 1.0));
            products += rank * Math.log(probabilities[i] / probabilities[i + 1]);
            squares += rank * rank;
        }
        double exponent = squares == 0 ? 1 : products / squares;
        double epsilon = exponent - 1;
        double most = Math.pow(epsilon * Math.pow(2, limit) / (1 - Math.pow(vocabularySize, -epsilon)), 1 / exponent);
        // not a number where probabilities are equal or fall without end: then one token or all
        return most >= 1 ? (int) Math.min(most, count) : Double.isNaN(most) ? count : 1;
    }

    private int byLimit(float[] probabilities, int count) {
        int kept = 1;
        while (kept < count && -Math.log(probabilities[kept]) / LOG_2 <= limit) {
            kept++;
        }
        return kept;
    }
}
