package io.millrace.inference;

/**
 * How the next token is chosen. Stages run in llama.cpp's order: penalties, top-k, typical-p, top-p, min-p, temperature,
 * then a draw.
 *
 * @param temperature 0 means greedy: the most likely token, and nothing below matters
 * @param topK keep this many of the most likely tokens; 0 keeps all
 * @param topP keep the smallest set whose probability reaches this; 1 keeps all
 * @param minP drop tokens less likely than this fraction of the most likely; 0 keeps all
 * @param typicalP locally typical sampling; 1 keeps all
 * @param repeatPenalty divides (or, when negative, multiplies) the logits of tokens seen lately; 1 is off
 * @param repeatLastTokens how many of the last tokens the penalties look at; 0 switches them off
 * @param frequencyPenalty subtracted from a logit for each time its token was seen
 * @param presencePenalty subtracted once from the logit of a token that was seen
 * @param seed decides every draw: the draw for a position depends on the seed and the position alone
 */
public record SamplingOptions(float temperature, int topK, float topP, float minP, float typicalP, float repeatPenalty,
        int repeatLastTokens, float frequencyPenalty, float presencePenalty, long seed) {
    /** llamafile's defaults, with seed 0. */
    public static final SamplingOptions DEFAULT = new SamplingOptions(0.8f, 40, 0.95f, 0.05f, 1f, 1f, 64, 0f, 0f, 0);

    /** The most likely token, always. */
    public static final SamplingOptions GREEDY = new SamplingOptions(0f, 0, 1f, 0f, 1f, 1f, 0, 0f, 0f, 0);

    public SamplingOptions {
        require(temperature >= 0 && Float.isFinite(temperature), "temperature", temperature, "0 or more");
        require(topK >= 0, "topK", topK, "0 or more");
        require(topP > 0 && topP <= 1, "topP", topP, "above 0 and at most 1");
        require(minP >= 0 && minP <= 1, "minP", minP, "from 0 to 1");
        require(typicalP > 0 && typicalP <= 1, "typicalP", typicalP, "above 0 and at most 1");
        require(repeatPenalty > 0 && Float.isFinite(repeatPenalty), "repeatPenalty", repeatPenalty, "above 0");
        require(repeatLastTokens >= 0, "repeatLastTokens", repeatLastTokens, "0 or more");
        require(Float.isFinite(frequencyPenalty), "frequencyPenalty", frequencyPenalty, "finite");
        require(Float.isFinite(presencePenalty), "presencePenalty", presencePenalty, "finite");
    }

    public SamplingOptions withRepeatLastTokens(int tokens) {
        return new SamplingOptions(temperature, topK, topP, minP, typicalP, repeatPenalty, tokens, frequencyPenalty,
                presencePenalty, seed);
    }

    public SamplingOptions withSeed(long newSeed) {
        return new SamplingOptions(temperature, topK, topP, minP, typicalP, repeatPenalty, repeatLastTokens,
                frequencyPenalty, presencePenalty, newSeed);
    }

    private static void require(boolean ok, String name, Number value, String range) {
        if (!ok) {
            throw new IllegalArgumentException(name + " must be " + range + ", not " + value);
        }
    }
}
