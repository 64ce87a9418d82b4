package io.millrace.schemas;

/**
 * Token counts of one generation.
 *
 * @param promptTokens tokens of the prompt, with what the model's vocabulary and chat template add
 * @param completionTokens tokens sampled, the end-of-generation token among them
 * @param cachedTokens prompt tokens whose keys and values were already in the cache
 */
public record Usage(int promptTokens, int completionTokens, int cachedTokens) {
    public static final Usage NONE = new Usage(0, 0, 0);

    public Usage {
        Counts.notNegative("prompt_tokens", promptTokens);
        Counts.notNegative("completion_tokens", completionTokens);
        Counts.notNegative("cached_tokens", cachedTokens);
    }

    public int totalTokens() {
        return promptTokens + completionTokens;
    }
}
