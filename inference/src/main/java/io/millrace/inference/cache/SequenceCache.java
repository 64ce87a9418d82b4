package io.millrace.inference.cache;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys and values of one sequence: blocks that it found full, or filled, which others may use as well, and behind
 * these its own. Grown and freed by the pool's thread only.
 */
public final class SequenceCache {
    private final BlockPool pool;
    private final List<Block> blocks = new ArrayList<>();
    /** What the blocks hold that others can find. */
    private Prefix known;
    private int knownBlocks;

    public SequenceCache(BlockPool pool) {
        this.pool = pool;
        known = pool.root();
    }

    /**
     * Takes over all blocks of a sequence's beginning that are known, if it has none yet. The last token is always left to be
     * computed, since logits are not kept.
     *
     * @return how many positions need no computing
     */
    public int adopt(TokenSequence tokens) {
        if (!blocks.isEmpty()) {
            throw new IllegalStateException("the sequence has blocks already");
        }
        for (Prefix next = next(known, tokens, 0); next != null; next = next(known, tokens, knownBlocks)) {
            pool.share(next.block());
            blocks.add(next.block());
            knownBlocks++;
            known = next;
        }
        return knownBlocks * BlockPool.BLOCK_TOKENS;
    }

    private static Prefix next(Prefix prefix, TokenSequence tokens, int block) {
        return (block + 1) * BlockPool.BLOCK_TOKENS < tokens.size() ? prefix.find(tokens.run(block)) : null;
    }

    /** How many of the pool's available blocks the sequence would take from it for so many positions, of which these tokens are the first. */
    public int missing(TokenSequence tokens, int positions) {
        int needed = BlockPool.blocksFor(positions) - blocks.size();
        if (blocks.isEmpty()) {
            int block = 0;
            for (Prefix next = next(known, tokens, 0); next != null; next = next(next, tokens, ++block)) {
                needed -= next.block().isUsed() ? 1 : 0;
            }
        }
        return Math.max(0, needed);
    }

    /**
     * Makes room for positions 0 to {@code tokens - 1}, if the pool has as many blocks.
     *
     * @return false if it has not, and nothing was changed
     */
    public boolean tryReserve(int tokens) {
        int missing = BlockPool.blocksFor(tokens) - blocks.size();
        if (missing > pool.available()) {
            return false;
        }
        for (int i = 0; i < missing; i++) {
            blocks.add(pool.take());
        }
        return true;
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

    /**
     * Lets others find the blocks that are full: nobody may write to them any more. Where another sequence filled one with the same
     * tokens before, that one takes the place of this sequence's own, which holds the same numbers: less memory, and a
     * sequence's known blocks always are one path of the tree.
     *
     * @param computed how many positions hold the keys and values of these tokens
     */
    public void publish(TokenSequence tokens, int computed) {
        for (; knownBlocks < computed / BlockPool.BLOCK_TOKENS; knownBlocks++) {
            TokenRun run = tokens.run(knownBlocks);
            Block own = blocks.get(knownBlocks);
            Prefix twin = known.find(run);
            if (twin == null) {
                known = known.add(run, own);
            } else {
                pool.share(twin.block());
                blocks.set(knownBlocks, twin.block());
                pool.give(own);
                known = twin;
            }
        }
    }

    /** Gives all blocks back, the last first; those published can still be found. */
    public void free() {
        blocks.reversed().forEach(pool::give);
        blocks.clear();
        known = pool.root();
        knownBlocks = 0;
    }

    public boolean isEmpty() {
        return blocks.isEmpty();
    }

    /** The memory that holds a position. */
    public MemorySegment block(int position) {
        return blocks.get(position / BlockPool.BLOCK_TOKENS).memory();
    }

    /** Which of the pool's blocks, from 0 on, that is. */
    public int blockNumber(int position) {
        return blocks.get(position / BlockPool.BLOCK_TOKENS).number();
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
