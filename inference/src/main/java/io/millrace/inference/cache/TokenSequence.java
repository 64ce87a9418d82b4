package io.millrace.inference.cache;

import java.util.Arrays;
import java.util.List;

/** The tokens of one sequence, by position: of its prompt, and behind them those generated. For one thread. */
public final class TokenSequence {
    private int[] tokens;
    private int size;

    /** Begins with a prompt. */
    public TokenSequence(List<Integer> prompt) {
        tokens = prompt.stream().mapToInt(Integer::intValue).toArray();
        size = tokens.length;
    }

    /** How many there are: the next one's position. */
    public int size() {
        return size;
    }

    /** The token at a position below {@link #size}. */
    public int get(int position) {
        return tokens[position];
    }

    public void append(int token) {
        if (size == tokens.length) {
            tokens = Arrays.copyOf(tokens, size + Math.max(BlockPool.BLOCK_TOKENS, size / 2));
        }
        tokens[size++] = token;
    }

    /** What fills a sequence's block. */
    TokenRun run(int block) {
        int from = block * BlockPool.BLOCK_TOKENS;
        return new TokenRun(Arrays.copyOfRange(tokens, from, from + BlockPool.BLOCK_TOKENS));
    }
}
