package io.millrace.inference.sample;

import io.millrace.inference.SamplingOptions;
import io.millrace.inference.SamplingOptions.Truncation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Chooses the tokens of one generation, as its {@link SamplingOptions} say. What is drawn depends on the logits, the tokens accepted
 * before, the seed and the position, and on nothing else: a generation can be continued elsewhere. Not thread-safe.
 */
public final class Sampler {
    private static final double UNIT = 0x1p-53;
    /** Each stage that draws has chances of its own. */
    private static final long STAGE_SEED = 0x632be59bd9b4e019L;

    private final SamplingOptions options;
    private final int vocabularySize;
    private final TokenConstraint constraint;
    private final float[] bias;
    /** Whether all biases are negative infinity: then a token stands above all that it stood above without them. */
    private final boolean onlyBans;
    private final Penalties penalties;
    private final Dry dry;
    private final Candidates candidates;
    private final List<Stage> stages = new ArrayList<>();
    private final Mirostat mirostat;

    /**
     * Prepares all that sampling needs, so that {@link #sample} allocates nothing but what sorting a whole vocabulary takes, without top-k.
     *
     * @param vocabularySize logits a token; biases of tokens beyond it are passed over
     * @param constraint which tokens may come; told about those that do by whoever gave it
     * @param breakers the options' sequence breakers as tokens
     */
    public Sampler(SamplingOptions options, int vocabularySize, TokenConstraint constraint, SequenceBreakers breakers) {
        this.options = options;
        this.vocabularySize = vocabularySize;
        this.constraint = constraint;
        bias = options.logitBias().isEmpty() ? null : bias();
        onlyBans = options.logitBias().values().stream().allMatch(value -> value == Float.NEGATIVE_INFINITY);
        penalties = options.penalties().areOn() ? new Penalties(options.penalties(), vocabularySize) : null;
        dry = options.dry().isOn() ? new Dry(options.dry(), breakers, vocabularySize) : null;
        mirostat = options.mirostat().isOn() ? new Mirostat(options.mirostat(), vocabularySize) : null;
        Truncation truncation = options.truncation();
        boolean selectsAtOnce = truncation.topK() > 0 && truncation.topNSigma() < 0 && mirostat == null;
        int capacity = selectsAtOnce ? Math.min(truncation.topK(), vocabularySize) : vocabularySize;
        candidates = options.isGreedy() ? null : new Candidates(capacity);
        if (!options.isGreedy() && mirostat == null) {
            addStages(truncation, capacity);
        }
    }

    private void addStages(Truncation truncation, int capacity) {
        if (truncation.topNSigma() >= 0) {
            stages.add(new TopNSigma(truncation.topNSigma()));
        }
        if (truncation.topK() > 0) {
            stages.add(new TopK(truncation.topK()));
        }
        if (truncation.typicalP() < 1) {
            stages.add(new TypicalP(truncation.typicalP(), capacity));
        }
        if (truncation.topP() < 1) {
            stages.add(new TopP(truncation.topP()));
        }
        if (truncation.minP() > 0) {
            stages.add(new MinP(truncation.minP()));
        }
        if (truncation.xtcProbability() > 0) {
            stages.add(new Xtc(truncation.xtcProbability(), truncation.xtcThreshold()));
        }
    }

    private float[] bias() {
        var biases = new float[vocabularySize];
        options.logitBias().forEach((token, value) -> {
            if (token < vocabularySize) {
                biases[token] = value;
            }
        });
        return biases;
    }

    /** Tells the penalties about a token, of the prompt or generated. */
    public void accept(int token) {
        if (penalties != null) {
            penalties.accept(token);
        }
        if (dry != null) {
            dry.accept(token);
        }
    }

    /**
     * Chooses a token.
     *
     * @param logits the vocabulary's, from {@code offset} on; not changed
     * @param position how many tokens there are before it, of the prompt and generated: a generation that is taken over with its text as prompt
     *            goes on with the same draws
     * @param among the tokens that have a logit there, at least the {@link #candidates} greatest; empty if all have
     * @throws IllegalStateException if the constraint allows none
     * @throws ArithmeticException if a logit is not a number, or none is finite: the model's fault
     */
    public int sample(float[] logits, int offset, int position, int... among) {
        if (dry != null) {
            dry.update();
        }
        return options.isGreedy() ? mostLikely(logits, offset, among) : draw(logits, offset, among, position);
    }

    /** How many of the greatest logits decide alone, whatever the others are; 0 if all may matter. */
    public int candidates() {
        if (!onlyBans || penalties != null || dry != null || !constraint.equals(TokenConstraint.NONE)) {
            return 0;
        }
        int banned = options.logitBias().size();
        if (options.isGreedy()) {
            return 1 + banned;
        }
        Truncation truncation = options.truncation();
        boolean onlyFirst = mirostat == null && truncation.topNSigma() < 0 && truncation.topK() < vocabularySize;
        return onlyFirst && truncation.topK() > 0 ? truncation.topK() + banned : 0;
    }

    private int mostLikely(float[] logits, int offset, int[] among) {
        int best = 0;
        float bestLogit = Float.NEGATIVE_INFINITY;
        int count = among.length == 0 ? vocabularySize : among.length;
        for (int i = 0; i < count; i++) {
            int token = among.length == 0 ? i : among[i];
            float logit = logit(logits, offset, token);
            boolean isBetter = logit > bestLogit || logit == bestLogit && token < best;
            if (isBetter && constraint.allows(token)) {
                best = token;
                bestLogit = logit;
            }
        }
        requireFinite(bestLogit);
        return best;
    }

    private int draw(float[] logits, int offset, int[] among, int position) {
        candidates.clear();
        float temperature = mirostat == null ? 1 : Math.max(options.temperature().value(), Float.MIN_NORMAL);
        int count = among.length == 0 ? vocabularySize : among.length;
        for (int i = 0; i < count; i++) {
            int token = among.length == 0 ? i : among[i];
            if (constraint.allows(token)) {
                candidates.offer(token, logit(logits, offset, token) / temperature);
            }
        }
        requireFinite(candidates.maxLogit());
        double chance = uniform(options.seed(), position);
        if (mirostat != null) {
            return mirostat.choose(candidates, chance);
        }
        double stageChance = uniform(options.seed() ^ STAGE_SEED, position);
        for (int i = 0; i < stages.size(); i++) { // no iterator: nothing is allocated here
            stages.get(i).apply(candidates, stageChance);
        }
        return candidates.drawn(chance, EffectiveTemperature.of(options.temperature(), candidates));
    }

    private float logit(float[] logits, int offset, int token) {
        float logit = logits[offset + token];
        if (Float.isNaN(logit)) {
            throw new ArithmeticException("the model's logit for token " + token + " is not a number");
        }
        if (bias != null) {
            logit += bias[token];
        }
        if (penalties != null) {
            logit = penalties.adjust(token, logit);
        }
        return dry == null ? logit : logit - dry.penalty(token);
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
