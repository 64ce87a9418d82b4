package io.millrace.inference;

/**
 * How an engine runs a model.
 *
 * @param contextLength the most positions of one generation, prompt and generated tokens together; 2 or more
 * @param maxSequences how many generations share a step; more wait; 1 or more
 * @param threads how many threads compute; 1 or more
 * @param maxBatchTokens the most tokens of a step, at least {@code maxSequences}: long prompts are computed in chunks of it
 */
public record EngineOptions(int contextLength, int maxSequences, int threads, int maxBatchTokens) {
    private static final int DEFAULT_SEQUENCES = 16;
    private static final int DEFAULT_BATCH_TOKENS = 256;

    public EngineOptions {
        require(contextLength >= 2, "contextLength", contextLength, "2 or more");
        require(maxSequences >= 1, "maxSequences", maxSequences, "1 or more");
        require(threads >= 1, "threads", threads, "1 or more");
        require(maxBatchTokens >= maxSequences, "maxBatchTokens", maxBatchTokens,
                "at least maxSequences, " + maxSequences);
    }

    /** The model's whole context, 16 sequences, every core. */
    public static EngineOptions defaults(LanguageModel model) {
        return new EngineOptions(model.contextLength(), DEFAULT_SEQUENCES, Runtime.getRuntime().availableProcessors(),
                DEFAULT_BATCH_TOKENS);
    }

    public EngineOptions withContextLength(int newContextLength) {
        return new EngineOptions(newContextLength, maxSequences, threads, maxBatchTokens);
    }

    /** Also raises {@link #maxBatchTokens} where it would be too small. */
    public EngineOptions withMaxSequences(int newMaxSequences) {
        return new EngineOptions(contextLength, newMaxSequences, threads, Math.max(maxBatchTokens, newMaxSequences));
    }

    public EngineOptions withThreads(int newThreads) {
        return new EngineOptions(contextLength, maxSequences, newThreads, maxBatchTokens);
    }

    public EngineOptions withMaxBatchTokens(int newMaxBatchTokens) {
        return new EngineOptions(contextLength, maxSequences, threads, newMaxBatchTokens);
    }

    private static void require(boolean ok, String name, int value, String range) {
        if (!ok) {
            throw new IllegalArgumentException(name + " must be " + range + ", not " + value);
        }
    }
}
