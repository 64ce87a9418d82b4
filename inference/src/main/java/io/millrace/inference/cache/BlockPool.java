package io.millrace.inference.cache;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Blocks of key-value memory, made when first needed and used again and again. Confined to one thread; the blocks' memory may be used by any.
 *
 * <p>A block holds {@link #BLOCK_TOKENS} positions of every layer: for each layer the keys, then the values.
 */
public final class BlockPool implements AutoCloseable {
    /** Positions a block; small, because a sequence's last block is half empty on average. */
    public static final int BLOCK_TOKENS = 32;

    private static final long CACHE_LINE_BYTES = 64;

    private final Arena arena = Arena.ofShared();
    private final Deque<MemorySegment> free = new ArrayDeque<>();
    private final long keyBytes;
    private final long valueBytes;
    private final long blockBytes;
    private final int limit;
    private int made;

    /**
     * @param layers the model's blocks
     * @param keyBytes of a position's keys in a layer
     * @param valueBytes of a position's values in a layer
     * @param limit the most blocks that may exist
     */
    public BlockPool(int layers, long keyBytes, long valueBytes, int limit) {
        this.keyBytes = keyBytes;
        this.valueBytes = valueBytes;
        this.limit = limit;
        this.blockBytes = (long) layers * BLOCK_TOKENS * (keyBytes + valueBytes);
    }

    /** How many blocks so many positions need. */
    public static int blocksFor(int tokens) {
        return Math.ceilDiv(tokens, BLOCK_TOKENS);
    }

    /** Blocks that can still be taken. */
    public int available() {
        return free.size() + limit - made;
    }

    /** Blocks in use. */
    public int used() {
        return made - free.size();
    }

    /** Bytes taken from the system so far; they are kept until the pool is closed. */
    public long bytes() {
        return made * blockBytes;
    }

    MemorySegment take() {
        MemorySegment block = free.poll();
        if (block != null) {
            return block;
        }
        if (made == limit) {
            throw new IllegalStateException("all " + limit + " key-value blocks are in use");
        }
        block = arena.allocate(blockBytes, CACHE_LINE_BYTES);
        made++;
        return block;
    }

    void give(MemorySegment block) {
        free.push(block);
    }

    /** Byte offset in a block of a layer's keys. */
    long keyOffset(int layer) {
        return (long) layer * BLOCK_TOKENS * (keyBytes + valueBytes);
    }

    /** Byte offset in a block of a layer's values. */
    long valueOffset(int layer) {
        return keyOffset(layer) + BLOCK_TOKENS * keyBytes;
    }

    @Override
    public void close() {
        arena.close();
    }
}
