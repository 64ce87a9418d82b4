package io.millrace.inference.schedule;

import io.millrace.inference.cache.BlockPool;
import java.time.Instant;
import java.util.Optional;

/** A generation that computes nothing: it counts its tokens and blocks. */
final class Work implements Schedulable {
    /** Blocks that works share. */
    static final class Memory {
        int available;

        Memory(int blocks) {
            available = blocks;
        }
    }

    final Precedence precedence;
    private final Memory memory;
    private final int length;
    boolean demand = true;
    int known;
    int computed;
    int blocks;

    /** With all the memory in the world. */
    Work(int number, int priority, int promptTokens, int answerTokens) {
        this(new Precedence(priority, Instant.EPOCH, Optional.empty(), number), promptTokens, answerTokens,
                new Memory(Integer.MAX_VALUE));
    }

    Work(Precedence precedence, int promptTokens, int answerTokens, Memory memory) {
        this.precedence = precedence;
        this.memory = memory;
        known = promptTokens;
        length = promptTokens + answerTokens;
    }

    @Override
    public int pendingTokens() {
        return known - computed;
    }

    @Override
    public boolean hasDemand() {
        return demand;
    }

    @Override
    public Precedence precedence() {
        return precedence;
    }

    @Override
    public int wantedBlocks() {
        return BlockPool.blocksFor(Math.min(known + BlockPool.BLOCK_TOKENS, length)) - blocks;
    }

    @Override
    public boolean holdsBlocks() {
        return blocks > 0;
    }

    @Override
    public boolean reserve(int tokens) {
        int missing = Math.max(0, BlockPool.blocksFor(computed + tokens) - blocks);
        if (missing > memory.available) {
            return false;
        }
        memory.available -= missing;
        blocks += missing;
        return true;
    }

    /** Computes, and makes another token known once all are computed. */
    void compute(int tokens) {
        computed += tokens;
        if (computed == known) {
            known++;
        }
    }

    boolean isDone() {
        return known >= length;
    }

    void free() {
        memory.available += blocks;
        blocks = 0;
        computed = 0;
    }

    @Override
    public String toString() {
        return precedence + " " + computed + "/" + known + "/" + length + " in " + blocks + " blocks";
    }
}
