package io.millrace.sink;

import io.millrace.schemas.TokenEvent;
import java.util.Arrays;

/**
 * The tokens of one stream without an object for each: a gateway keeps many more tokens than it shows, and as records they take
 * eight times the memory. Belongs to one thread, or to a lock.
 */
final class PackedTokens {
    /** For each token: attempt, seq, id in the vocabulary, and where its text ends. */
    private static final int COLUMNS = 4;
    private static final int FIRST_CAPACITY = 16;

    private int[] numbers = {};
    private final StringBuilder texts = new StringBuilder(0);
    private int size;

    void add(TokenEvent.Token token) {
        int row = size * COLUMNS;
        if (row == numbers.length) {
            numbers = Arrays.copyOf(numbers, COLUMNS * Math.max(FIRST_CAPACITY, size + (size >> 1)));
        }
        texts.append(token.text());
        numbers[row] = token.attempt();
        numbers[row + 1] = token.seq();
        numbers[row + 2] = token.token();
        numbers[row + 3] = texts.length();
        size++;
    }

    /** The token at a place, of the stream of this id. */
    TokenEvent.Token get(String id, int index) {
        int row = index * COLUMNS;
        int textStart = index == 0 ? 0 : numbers[row - 1];
        return new TokenEvent.Token(id, numbers[row], numbers[row + 1], texts.substring(textStart, numbers[row + 3]),
                numbers[row + 2]);
    }

    int size() {
        return size;
    }

    /** Gives back what was reserved for more tokens. */
    void trim() {
        numbers = Arrays.copyOf(numbers, size * COLUMNS);
        texts.trimToSize();
    }

    /** What it takes of the heap, at most: a character may take one byte or two. */
    long bytes() {
        return (long) Integer.BYTES * numbers.length + (long) Character.BYTES * texts.capacity();
    }
}
