package io.millrace.schemas;

/**
 * How a prompt asks to be sampled. A null component means: the worker's default. Ranges are checked here, so a value
 * that exists is a value that can be used.
 *
 * @param temperature 0 (greedy) to 100
 * @param topP above 0, up to 1
 * @param topK 0 (off) or more
 * @param minP 0 (off) to 1
 * @param typicalP above 0, up to 1 (off)
 * @param repeatPenalty above 0, up to 10; 1 is off
 * @param frequencyPenalty -2 to 2
 * @param presencePenalty -2 to 2
 * @param seed any; the same seed, prompt and model give the same stream
 */
public record SamplingSettings(Double temperature, Double topP, Integer topK, Double minP, Double typicalP,
        Double repeatPenalty, Double frequencyPenalty, Double presencePenalty, Long seed) {
    public static final SamplingSettings DEFAULT = new SamplingSettings(null, null, null, null, null, null, null, null,
            null);

    public SamplingSettings {
        Range.closed("temperature", temperature, 0, 100);
        Range.openClosed("top_p", topP, 0, 1);
        Range.closed("top_k", topK, 0, Integer.MAX_VALUE);
        Range.closed("min_p", minP, 0, 1);
        Range.openClosed("typical_p", typicalP, 0, 1);
        Range.openClosed("repeat_penalty", repeatPenalty, 0, 10);
        Range.closed("frequency_penalty", frequencyPenalty, -2, 2);
        Range.closed("presence_penalty", presencePenalty, -2, 2);
    }

    /** The same settings, with another seed. */
    public SamplingSettings withSeed(Long newSeed) {
        return new SamplingSettings(temperature, topP, topK, minP, typicalP, repeatPenalty, frequencyPenalty,
                presencePenalty, newSeed);
    }
}
