package io.millrace.inference;

/**
 * What an engine is doing, and what it has done since it was started.
 *
 * @param waiting generations not yet admitted
 * @param running generations that share the steps
 * @param usedBlocks key-value blocks in use
 * @param idleBlocks key-value blocks that nobody uses, kept for prompts that begin with what they hold
 * @param cacheBytes memory taken for key-value blocks, used or not
 * @param steps steps so far
 * @param promptTokens tokens of all prompts that were begun
 * @param cachedTokens those of them that were found in the cache
 * @param preemptions how often a generation gave its memory to one before it, to be recomputed
 * @param evictions how often an idle block lost what it held to make room
 * @param draftedTokens tokens guessed ahead
 * @param acceptedTokens those of them that were sampled as guessed
 */
public record EngineStatistics(int waiting, int running, int usedBlocks, int idleBlocks, long cacheBytes, long steps,
        long promptTokens, long cachedTokens, long preemptions, long evictions, long draftedTokens,
        long acceptedTokens) {
    static final EngineStatistics NONE = new EngineStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
