package io.millrace.inference.draft;

import io.millrace.inference.cache.TokenSequence;

/** Guesses how one generation goes on. For the step thread. */
public interface Drafter extends AutoCloseable {
    /** Never guesses. */
    Drafter NONE = (_, _, _) -> 0;

    /**
     * Guesses the tokens behind a sequence.
     *
     * @param tokens the generation's so far; those of the last call, and some more
     * @param draft gets the guesses, from its beginning on
     * @param most how many are wanted at most, 1 or more
     * @return how many there are, perhaps 0
     */
    int draft(TokenSequence tokens, int[] draft, int most);

    /** Gives back what it holds. It may still be asked again, and then begins anew. */
    @Override
    default void close() {
        // most hold nothing
    }
}
