package io.millrace.inference.sample;

import io.millrace.inference.SamplingOptions;
import java.util.Arrays;

/**
 * Penalises what would make a sequence longer that was seen before.
 *
 * @see <a href="https://github.com/oobabooga/text-generation-webui/pull/5677">Weidmann's proposal</a>
 */
final class Dry {
    /** The greatest power that a float holds, roughly. */
    private static final float GREATEST_LOG = 88;

    private final SamplingOptions.Dry options;
    /** For each token, what must follow it to make a breaker; null for most. */
    private final int[][][] rests;
    /** The last tokens, in a ring. */
    private final int[] window;
    /** How far what ends at a token, counted from the last, equals what ends at the last. */
    private final int[] matched;
    private final float[] penalties;
    private int accepted;

    Dry(SamplingOptions.Dry options, SequenceBreakers breakers, int vocabularySize) {
        this.options = options;
        rests = new int[vocabularySize][][];
        breakers.followers().forEach((token, followers) -> rests[token] = followers.stream()
                .map(rest -> rest.stream().mapToInt(Integer::intValue).toArray()).toArray(int[][]::new));
        window = new int[options.lastTokens()];
        matched = new int[options.lastTokens()];
        penalties = new float[vocabularySize];
    }

    void accept(int token) {
        window[accepted++ % window.length] = token;
    }

    /** Taken off a token's logit, as of the last {@link #update}. */
    float penalty(int token) {
        return penalties[token];
    }

    /** Looks through the last tokens. */
    void update() {
        Arrays.fill(penalties, 0);
        int length = Math.min(accepted, window.length);
        int limit = unbroken(length);
        if (length <= options.allowedLength() || limit < options.allowedLength()) {
            return;
        }
        match(length);
        double mostPower = options.base() > 1 ? GREATEST_LOG / Math.log(options.base()) : Double.MAX_VALUE;
        for (int i = 1; i < length; i++) {
            int repeated = Math.min(matched[i], limit);
            if (repeated >= options.allowedLength() && !isBreaker(last(i - 1))) {
                double power = Math.min(repeated - options.allowedLength(), mostPower);
                float penalty = (float) (options.multiplier() * Math.pow(options.base(), power));
                int next = last(i - 1);
                penalties[next] = Math.max(penalties[next], penalty);
            }
        }
    }

    /** The token so many before the last. */
    private int last(int back) {
        return window[(accepted - 1 - back) % window.length];
    }

    /** How many of the last tokens there are behind the last breaker. */
    private int unbroken(int length) {
        for (int i = 0; i < length; i++) {
            int[][] candidates = rests[last(i)];
            int longest = -1;
            for (int r = 0; candidates != null && r < candidates.length; r++) {
                if (isFollowedBy(i, candidates[r])) {
                    longest = Math.max(longest, candidates[r].length);
                }
            }
            if (longest >= 0) {
                return i - longest;
            }
        }
        return length;
    }

    private boolean isFollowedBy(int back, int... rest) {
        if (rest.length > back) {
            return false;
        }
        for (int i = 0; i < rest.length; i++) {
            if (last(back - 1 - i) != rest[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether a token alone ends a sequence: it makes none longer. */
    private boolean isBreaker(int token) {
        int[][] candidates = rests[token];
        for (int i = 0; candidates != null && i < candidates.length; i++) {
            if (candidates[i].length == 0) {
                return true;
            }
        }
        return false;
    }

    /** The Z algorithm (Gusfield 1997) on the tokens from the last backwards: linear in the window. */
    private void match(int length) {
        int left = 0;
        int right = 0;
        for (int i = 1; i < length; i++) {
            int known = i < right ? Math.min(right - i, matched[i - left]) : 0;
            while (i + known < length && last(known) == last(i + known)) {
                known++;
            }
            matched[i] = known;
            if (i + known > right) {
                left = i;
                right = i + known;
            }
        }
    }
}
