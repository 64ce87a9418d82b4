package io.millrace.inference.cache;

import java.util.Arrays;

/**
 * The tokens of one full block. Equal only if all are: whoever writes prompts may know of two runs with one hash. Ordered,
 * so that a hash table of many such runs is still searched fast.
 */
final class TokenRun implements Comparable<TokenRun> {
    private final int[] tokens;
    private final int hash;

    /** Keeps the array, which nobody else may change. */
    TokenRun(int... tokens) {
        this.tokens = tokens;
        hash = Arrays.hashCode(tokens);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenRun run && Arrays.equals(tokens, run.tokens);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public int compareTo(TokenRun other) {
        return Arrays.compare(tokens, other.tokens);
    }
}
