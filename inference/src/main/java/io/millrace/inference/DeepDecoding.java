package io.millrace.inference;

import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.cache.SequenceCache;
import java.lang.foreign.MemorySegment;

/**
 * Decodes far into a context that nobody computed: its keys and values are those of the first positions, over and over, which cost as much to attend to as any
 * others. For measuring; not thread-safe.
 */
public final class DeepDecoding implements AutoCloseable {
    private static final double NANOS_A_SECOND = 1e9;

    private final Computation computation;
    private final SequenceCache[] caches;
    private final int[] tokens;
    private int position;

    /**
     * Fills the caches of some sequences.
     *
     * @param depth positions before the first that is decoded, fewer than the options' context
     */
    public DeepDecoding(LanguageModel model, EngineOptions options, int sequences, int depth) {
        computation = new Computation(model, options, sequences);
        caches = new SequenceCache[sequences];
        tokens = new int[sequences];
        for (int i = 0; i < sequences; i++) {
            caches[i] = new SequenceCache(computation.pool());
            caches[i].reserve(options.contextLength());
        }
        while (position < Math.min(depth, BlockPool.BLOCK_TOKENS)) {
            step();
        }
        for (SequenceCache cache : caches) {
            for (int p = BlockPool.BLOCK_TOKENS; p < depth; p += BlockPool.BLOCK_TOKENS) {
                MemorySegment.copy(cache.block(0), 0, cache.block(p), 0, cache.block(0).byteSize());
            }
        }
        position = depth;
    }

    private void step() {
        computation.batch().clear();
        for (int i = 0; i < caches.length; i++) {
            computation.batch().add(tokens[i], position, caches[i]);
            computation.batch().wantLogits();
        }
        computation.run();
        position++;
    }

    /** Tokens a second, of all sequences together, over some steps from the depth on. */
    public double tokensPerSecond(int steps) {
        int before = position;
        long start = System.nanoTime();
        for (int i = 0; i < steps; i++) {
            step();
        }
        position = before;
        return steps * caches.length / ((System.nanoTime() - start) / NANOS_A_SECOND);
    }

    @Override
    public void close() {
        computation.close();
    }
}
