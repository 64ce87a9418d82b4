package io.millrace.inference;

/**
 * How tokens are guessed ahead, so that a step can compute several of a generation: speculative decoding. It does not change what is generated,
 * only how fast: faster where guesses are right, slower where they are not.
 */
public sealed interface Speculation {
    /** Nothing is guessed. */
    Speculation NONE = new None();

    /** The most tokens that are guessed for a generation in a step. */
    int tokens();

    /** Nothing is guessed. */
    record None() implements Speculation {
        @Override
        public int tokens() {
            return 0;
        }
    }

    /** What followed the last tokens earlier, in the prompt or the answer, is guessed to follow again. */
    record PromptLookup(int tokens) implements Speculation {
        public PromptLookup {
            requirePositive(tokens);
        }
    }

    private static void requirePositive(int tokens) {
        if (tokens < 1) {
            throw new IllegalArgumentException("tokens must be 1 or more, not " + tokens);
        }
    }
}
