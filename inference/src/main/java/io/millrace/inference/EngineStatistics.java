package io.millrace.inference;

/**
 * What an engine is doing.
 *
 * @param waiting generations not yet admitted
 * @param running generations that share the steps
 * @param usedBlocks key-value blocks in use
 * @param cacheBytes memory taken for key-value blocks, used or not
 * @param steps steps so far
 */
public record EngineStatistics(int waiting, int running, int usedBlocks, long cacheBytes, long steps) {}
