package io.millrace.inference.sample;

import io.millrace.inference.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Chooses the tokens of one generation, as its {@link SamplingOptions} say. What is drawn depends on the logits, the tokens accepted
 * before, the seed and the position, and on nothing else: a generation can be continued elsewhere. Not thread-safe.
 */
public final class Sampler {
    private static final double UNIT = 0x1p-53;

    private final SamplingOptions options;
    private final int vocabularySize;
    private final TokenConstraint constraint;
    private final Penalties penalties;
    private final Candidates candidates;
    private final List<Stage> stages = new ArrayList<>();

    /**
     * Prepares all that sampling needs, so that {@link #sample} allocates nothing.
     *
     * @param vocabularySize logits a token
     * @param constraint which tokens may come; told about those that do by whoever gave it
     */
    public Sampler(SamplingOptions options, int vocabularySize, TokenConstraint constraint) {
        this.options = options;
        this.vocabularySize = vocabularySize;
        this.constraint = constraint;
        penalties = Penalties.areOn(options) ? new Penalties(options, vocabularySize) : null;
        if (isGreedy()) {
            candidates = null;
            return;
        }
        int capacity = options.topK() == 0 ? vocabularySize : Math.min(options.topK(), vocabularySize);
        candidates = new Candidates(capacity);
        if (options.typicalP() < 1) {
            stages.add(new TypicalP(options.typicalP(), capacity));
        }
        if (options.topP() < 1) {
            stages.add(new TopP(options.topP()));
        }
        if (options.minP() > 0) {
            stages.add(new MinP(options.minP()));
        }
    }

    private boolean isGreedy() {
        return options.temperature() == 0;
    }

    /** Tells the penalties about a token, of the prompt or generated. */
    public void accept(int token) {
        if (penalties != null) {
            penalties.accept(token);
        }
    }

    /**
     * Chooses a token.
     *
     * @param logits the vocabulary's, from {@code offset} on; not changed
     * @param position how many tokens there are before it, of the prompt and generated: a generation that is taken over with its text as prompt
     *            goes on with the same draws
     * @throws IllegalStateException if the constraint allows none
     * @throws ArithmeticException if a logit is not a number, or none is finite: the model's fault
     */
    public int sample(float[] logits, int offset, int position) {
        return isGreedy() ? mostLikely(logits, offset) : draw(logits, offset, position);
    }

    private int mostLikely(float[] logits, int offset) {
        int best = 0;
        float bestLogit = Float.NEGATIVE_INFINITY;
        for (int token = 0; token < vocabularySize; token++) {
            float logit = logit(logits, offset, token);
            if (logit > bestLogit && constraint.allows(token)) {
                best = token;
                bestLogit = logit;
            }
        }
        requireFinite(bestLogit);
        return best;
    }

    private int draw(float[] logits, int offset, int position) {
        candidates.clear();
        for (int token = 0; token < vocabularySize; token++) {
            if (constraint.allows(token)) {
                candidates.offer(token, logit(logits, offset, token));
            }
        }
        requireFinite(candidates.maxLogit());
        if (options.topK() > 0) {
            // candidates stand in the order that the selection left, which depends on more than their logits
            candidates.sort();
        }
        for (int i = 0; i < stages.size(); i++) { // no iterator: nothing is allocated here
            stages.get(i).apply(candidates);
        }
        return drawn(uniform(options.seed(), position));
    }

    private float logit(float[] logits, int offset, int token) {
        float logit = logits[offset + token];
        if (Float.isNaN(logit)) {
            throw new ArithmeticException("the model's logit for token " + token + " is not a number");
        }
        return penalties == null ? logit : penalties.adjust(token, logit);
    }

    private void requireFinite(float maxLogit) {
        if (maxLogit == Float.NEGATIVE_INFINITY
                && IntStream.range(0, vocabularySize).noneMatch(constraint::allows)) {
            throw new IllegalStateException("no token of the vocabulary may come next");
        }
        if (Float.isInfinite(maxLogit)) {
            throw new ArithmeticException("the model's greatest logit is " + maxLogit);
        }
    }

    /** The first candidate at which the weights' running sum exceeds this fraction of their sum. */
    private int drawn(double fraction) {
        float max = candidates.maxLogit();
        double sum = 0;
        for (int i = 0; i < candidates.count(); i++) {
            sum += weight(i, max);
        }
        double left = fraction * sum;
        for (int i = 0; i < candidates.count() - 1; i++) {
            left -= weight(i, max);
            if (left < 0) {
                return candidates.token(i);
            }
        }
        return candidates.token(candidates.count() - 1);
    }

    private double weight(int index, float maxLogit) {
        return Math.exp((candidates.logit(index) - maxLogit) / options.temperature());
    }

    /** From 0 to below 1, by SplitMix64 (Steele et al. 2014) of seed and position. */
    static double uniform(long seed, int position) {
        return (mix(mix(seed) + position * 0x9e3779b97f4a7c15L) >>> 11) * UNIT;
    }

    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
