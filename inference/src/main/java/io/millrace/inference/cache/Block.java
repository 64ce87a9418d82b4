package io.millrace.inference.cache;

import java.lang.foreign.MemorySegment;

/** Memory of {@link BlockPool#BLOCK_TOKENS} positions, and how many sequences use it. For the pool's thread, but for the memory. */
final class Block {
    private final int number;
    private final MemorySegment memory;
    private int users;
    private Prefix prefix;

    Block(int number, MemorySegment memory) {
        this.number = number;
        this.memory = memory;
    }

    /** Which of the pool's it is, from 0 on. */
    int number() {
        return number;
    }

    MemorySegment memory() {
        return memory;
    }

    boolean isUsed() {
        return users > 0;
    }

    void addUser() {
        users++;
    }

    void removeUser() {
        users--;
    }

    /** What it holds, once it is full and can be found: from then on nobody writes to it. Null before. */
    Prefix prefix() {
        return prefix;
    }

    void setPrefix(Prefix newPrefix) {
        prefix = newPrefix;
    }
}
