package io.millrace.inference;

import java.util.List;
import java.util.Map;

/**
 * How the next token is chosen. Steps run in llama.cpp's order: logit bias, penalties, DRY, top-n-sigma, top-k, typical-p, top-p, min-p, XTC,
 * temperature, then a draw. Mirostat takes the place of all that truncates.
 *
 * @param temperature evens out or sharpens what is likely
 * @param truncation which tokens are left out
 * @param penalties against tokens seen lately
 * @param dry against sequences seen lately
 * @param mirostat keeps a text's surprise even
 * @param logitBias added to the logits of tokens, by id; negative infinity bans a token
 * @param seed decides every draw: the draw for a position depends on the seed and the position alone
 */
public record SamplingOptions(Temperature temperature, Truncation truncation, Penalties penalties, Dry dry,
        Mirostat mirostat, Map<Integer, Float> logitBias, long seed) {
    /** llamafile's defaults, with seed 0. */
    public static final SamplingOptions DEFAULT = new SamplingOptions(Temperature.of(0.8f),
            new Truncation(40, 0.95f, 0.05f, 1, Truncation.NO_SIGMA, 0, 0.1f), new Penalties(1, 64, 0, 0), Dry.OFF,
            Mirostat.OFF, Map.of(), 0);

    /** The most likely token, always. */
    public static final SamplingOptions GREEDY = new SamplingOptions(Temperature.of(0), Truncation.NONE,
            Penalties.NONE, Dry.OFF, Mirostat.OFF, Map.of(), 0);

    public SamplingOptions {
        logitBias = Map.copyOf(logitBias);
        logitBias.forEach((token, bias) -> require(token >= 0 && !Float.isNaN(bias)
                && bias != Float.POSITIVE_INFINITY, "logitBias of token " + token, bias, "a number or -Infinity"));
    }

    /**
     * What logits are divided by.
     *
     * @param value 0 is greedy: the most likely token, and nothing that truncates or draws matters
     * @param range how far the temperature may be from {@code value}, by the entropy of what is likely; 0 is off
     * @param exponent of the entropy's share in that
     */
    public record Temperature(float value, float range, float exponent) {
        public Temperature {
            require(value >= 0 && Float.isFinite(value), "temperature", value, "0 or more");
            require(range >= 0 && Float.isFinite(range), "temperature range", range, "0 or more");
            require(exponent >= 0 && Float.isFinite(exponent), "temperature exponent", exponent, "0 or more");
        }

        public static Temperature of(float value) {
            return new Temperature(value, 0, 1);
        }
    }

    /**
     * Which tokens are left out.
     *
     * @param topK keep this many of the most likely tokens; 0 keeps all
     * @param topP keep the smallest set whose probability reaches this; 1 keeps all
     * @param minP drop tokens less likely than this fraction of the most likely; 0 keeps all
     * @param typicalP locally typical sampling; 1 keeps all
     * @param topNSigma drop logits further below the greatest than so many standard deviations; negative keeps all
     * @param xtcProbability how often to exclude top choices; 0 never
     * @param xtcThreshold how likely a token must be to be a top choice, of which the least likely stays; above 0.5 there is one at the most
     */
    public record Truncation(int topK, float topP, float minP, float typicalP, float topNSigma, float xtcProbability,
            float xtcThreshold) {
        public static final float NO_SIGMA = -1;
        public static final Truncation NONE = new Truncation(0, 1, 0, 1, NO_SIGMA, 0, 0.1f);

        public Truncation {
            require(topK >= 0, "topK", topK, "0 or more");
            require(topP > 0 && topP <= 1, "topP", topP, "above 0 and at most 1");
            require(minP >= 0 && minP <= 1, "minP", minP, "from 0 to 1");
            require(typicalP > 0 && typicalP <= 1, "typicalP", typicalP, "above 0 and at most 1");
            require(Float.isFinite(topNSigma), "topNSigma", topNSigma, "finite");
            require(xtcProbability >= 0 && xtcProbability <= 1, "xtcProbability", xtcProbability, "from 0 to 1");
            require(xtcThreshold >= 0 && xtcThreshold <= 1, "xtcThreshold", xtcThreshold, "from 0 to 1");
        }
    }

    /**
     * Against tokens seen lately.
     *
     * @param repeat divides (or, when negative, multiplies) the logits of tokens seen; 1 is off
     * @param lastTokens how many of the last tokens count; 0 switches all three off
     * @param frequency subtracted from a logit for each time its token was seen
     * @param presence subtracted once from the logit of a token that was seen
     */
    public record Penalties(float repeat, int lastTokens, float frequency, float presence) {
        public static final Penalties NONE = new Penalties(1, 0, 0, 0);

        public Penalties {
            require(repeat > 0 && Float.isFinite(repeat), "repeatPenalty", repeat, "above 0");
            require(lastTokens >= 0, "repeatLastTokens", lastTokens, "0 or more");
            require(Float.isFinite(frequency), "frequencyPenalty", frequency, "finite");
            require(Float.isFinite(presence), "presencePenalty", presence, "finite");
        }

        public Penalties withLastTokens(int tokens) {
            return new Penalties(repeat, tokens, frequency, presence);
        }

        public boolean areOn() {
            return lastTokens > 0 && (repeat != 1 || frequency != 0 || presence != 0);
        }
    }

    /**
     * "Don't repeat yourself": a token that would make a sequence seen before longer loses {@code multiplier * base^(length - allowedLength)}.
     *
     * @param multiplier 0 is off
     * @param base 1 or more
     * @param allowedLength sequences shorter than this may be repeated
     * @param lastTokens how many of the last tokens are looked through
     * @param breakers texts that no repeated sequence goes across
     */
    public record Dry(float multiplier, float base, int allowedLength, int lastTokens, List<String> breakers) {
        /** llama.cpp's. */
        public static final List<String> DEFAULT_BREAKERS = List.of("\n", ":", "\"", "*");
        public static final Dry OFF = new Dry(0, 1.75f, 2, 0, DEFAULT_BREAKERS);

        public Dry {
            breakers = List.copyOf(breakers);
            require(multiplier >= 0 && Float.isFinite(multiplier), "dryMultiplier", multiplier, "0 or more");
            require(base >= 1 && Float.isFinite(base), "dryBase", base, "1 or more");
            require(allowedLength >= 1, "dryAllowedLength", allowedLength, "1 or more");
            require(lastTokens >= 0, "dryPenaltyLastN", lastTokens, "0 or more");
            if (breakers.stream().anyMatch(String::isEmpty)) {
                throw new IllegalArgumentException("a drySequenceBreaker must not be empty");
            }
        }

        public boolean isOn() {
            return multiplier > 0 && lastTokens > 0;
        }
    }

    /**
     * Keeps the surprise of what is drawn near a target (Basu et al. 2020). What it adapts depends on all it has drawn, so a generation that another
     * worker takes over starts to adapt anew.
     *
     * @param version 1 or 2; 0 is off
     * @param tau the surprise to aim at, in bits
     * @param eta how fast to adapt
     */
    public record Mirostat(int version, float tau, float eta) {
        public static final Mirostat OFF = new Mirostat(0, 5, 0.1f);

        public Mirostat {
            require(version >= 0 && version <= 2, "mirostat", version, "0, 1 or 2");
            require(tau >= 0 && Float.isFinite(tau), "mirostatTau", tau, "0 or more");
            require(eta >= 0 && Float.isFinite(eta), "mirostatEta", eta, "0 or more");
        }

        public boolean isOn() {
            return version > 0;
        }
    }

    /** Whether nothing is drawn. */
    public boolean isGreedy() {
        return temperature.value() == 0 && temperature.range() == 0 && !mirostat.isOn();
    }

    public SamplingOptions withTemperature(Temperature newTemperature) {
        return new SamplingOptions(newTemperature, truncation, penalties, dry, mirostat, logitBias, seed);
    }

    public SamplingOptions withTruncation(Truncation newTruncation) {
        return new SamplingOptions(temperature, newTruncation, penalties, dry, mirostat, logitBias, seed);
    }

    public SamplingOptions withPenalties(Penalties newPenalties) {
        return new SamplingOptions(temperature, truncation, newPenalties, dry, mirostat, logitBias, seed);
    }

    public SamplingOptions withDry(Dry newDry) {
        return new SamplingOptions(temperature, truncation, penalties, newDry, mirostat, logitBias, seed);
    }

    public SamplingOptions withMirostat(Mirostat newMirostat) {
        return new SamplingOptions(temperature, truncation, penalties, dry, newMirostat, logitBias, seed);
    }

    public SamplingOptions withLogitBias(Map<Integer, Float> newLogitBias) {
        return new SamplingOptions(temperature, truncation, penalties, dry, mirostat, newLogitBias, seed);
    }

    public SamplingOptions withSeed(long newSeed) {
        return new SamplingOptions(temperature, truncation, penalties, dry, mirostat, logitBias, newSeed);
    }

    private static void require(boolean ok, String name, Number value, String range) {
        if (!ok) {
            throw new IllegalArgumentException(name + " must be " + range + ", not " + value);
        }
    }
}
