package io.millrace.inference.sample;

import io.millrace.inference.SamplingOptions;

/** Makes tokens seen lately less likely; remembers the last of them. */
final class Penalties {
    private final float repeat;
    private final float frequency;
    private final float presence;
    private final int[] window;
    private final int[] seen;
    private int accepted;

    /**
     * Starts with nothing seen.
     *
     * @param vocabularySize ids are below it
     */
    Penalties(SamplingOptions.Penalties options, int vocabularySize) {
        repeat = options.repeat();
        frequency = options.frequency();
        presence = options.presence();
        window = new int[options.lastTokens()];
        seen = new int[vocabularySize];
    }

    void accept(int token) {
        int place = accepted % window.length;
        if (accepted >= window.length) {
            seen[window[place]]--;
        }
        window[place] = token;
        seen[token]++;
        accepted++;
    }

    float adjust(int token, float logit) {
        int times = seen[token];
        if (times == 0) {
            return logit;
        }
        float repeated = logit <= 0 ? logit * repeat : logit / repeat;
        return repeated - times * frequency - presence;
    }
}
