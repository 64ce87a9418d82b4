package io.millrace.inference.cache;

import io.millrace.inference.memory.LargeMemory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;

/**
 * Blocks of key-value memory, made when first needed and used again and again. Confined to one thread; the blocks' memory may be used by any.
 *
 * <p>A block holds {@link #BLOCK_TOKENS} positions of every layer: for each layer the keys, then the values. Full blocks
 * can be found by what they hold, and may be used by many sequences at once. One that is used no more is idle: it keeps what it holds until its
 * memory is needed, those idle longest first. A sequence uses all blocks before one that it uses, and gives them back
 * from the last to the first, so that none is idle longer than those behind it: what is evicted never leaves anything
 * behind that cannot be found any more.
 */
public final class BlockPool implements AutoCloseable {
    /** Positions a block; small, because a sequence's last block is half empty on average. */
    public static final int BLOCK_TOKENS = 32;

    private static final long CACHE_LINE_BYTES = 64;

    private final LargeMemory memory = new LargeMemory();
    private final Prefix root = Prefix.root();
    private final Deque<Block> free = new ArrayDeque<>();
    /** Those longest idle first. */
    private final LinkedHashSet<Block> idle = new LinkedHashSet<>();
    private final long keyBytes;
    private final long valueBytes;
    private final long blockBytes;
    private final int limit;
    private int made;
    private long evictions;

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
        return limit - used();
    }

    /** Blocks that sequences use. */
    public int used() {
        return made - free.size() - idle.size();
    }

    /** Blocks that no sequence uses, kept for what they hold. */
    public int idle() {
        return idle.size();
    }

    /** How often a block lost what it held to make room. */
    public long evictions() {
        return evictions;
    }

    /** Bytes taken from the system so far; they are kept until the pool is closed. */
    public long bytes() {
        return made * blockBytes;
    }

    /** The empty prefix, from which all known blocks can be found. */
    Prefix root() {
        return root;
    }

    /** A block with nothing to keep, for one sequence. */
    Block take() {
        Block block = free.isEmpty() ? newOrEvicted() : free.pop();
        block.addUser();
        return block;
    }

    private Block newOrEvicted() {
        if (made < limit) {
            return new Block(made++, memory.allocate(blockBytes, CACHE_LINE_BYTES));
        }
        if (idle.isEmpty()) {
            throw new IllegalStateException("all " + limit + " key-value blocks are in use");
        }
        Block evicted = idle.removeFirst();
        evicted.prefix().forget();
        evictions++;
        return evicted;
    }

    /** Forgets what idle blocks hold, which is no longer to be relied on. */
    public void forget() {
        while (!idle.isEmpty()) {
            Block forgotten = idle.removeFirst();
            forgotten.prefix().forget();
            free.push(forgotten);
        }
    }

    /** One more sequence uses a block that can be found. */
    void share(Block block) {
        idle.remove(block);
        block.addUser();
    }

    /** One sequence less uses a block. */
    void give(Block block) {
        block.removeUser();
        if (block.isUsed()) {
            return;
        }
        if (block.prefix() == null) {
            free.push(block);
        } else {
            idle.addLast(block);
        }
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
        memory.close();
    }
}
