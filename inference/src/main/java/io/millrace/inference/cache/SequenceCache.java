package io.millrace.inference.cache;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The keys and values of one sequence. Grown and freed by the pool's thread only. */
public final class SequenceCache {
    private final BlockPool pool;
    private final List<MemorySegment> blocks = new ArrayList<>();

    public SequenceCache(BlockPool pool) {
        this.pool = pool;
    }

    /**
     * Makes room for positions 0 to {@code tokens - 1}.
     *
     * @throws IllegalStateException if the pool has no block left
     */
    public void reserve(int tokens) {
        while (blocks.size() < BlockPool.blocksFor(tokens)) {
            blocks.add(pool.take());
        }
    }

    /** Gives all blocks back. */
    public void free() {
        blocks.forEach(pool::give);
        blocks.clear();
    }

    /** The memory that holds a position. */
    public MemorySegment block(int position) {
        return blocks.get(position / BlockPool.BLOCK_TOKENS);
    }

    /** Byte offset of a layer's keys in any {@link #block}. */
    public long keyOffset(int layer) {
        return pool.keyOffset(layer);
    }

    /** Byte offset of a layer's values in any {@link #block}. */
    public long valueOffset(int layer) {
        return pool.valueOffset(layer);
    }
}
