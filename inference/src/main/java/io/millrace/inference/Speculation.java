package io.millrace.inference;

import io.millrace.inference.tokenizer.Tokenizer;
import java.util.Arrays;

/**
 * How tokens are guessed ahead, so that a step can compute several of a generation: speculative decoding. It does not change what is generated,
 * only how fast: faster where guesses are right, slower where they are not.
 */
public sealed interface Speculation {
    /** Nothing is guessed. */
    static Speculation none() {
        return new None();
    }

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

    /**
     * What a smaller model finds most likely is guessed. It computes on the engine's threads, with a cache of its own.
     *
     * @param model with the same tokens; stays its owner's to close, after the engine
     */
    record DraftModel(LanguageModel model, int tokens) implements Speculation {
        public DraftModel {
            requirePositive(tokens);
        }

        @Override
        public void requireFits(LanguageModel target) {
            Tokenizer own = model.tokenizer();
            Tokenizer other = target.tokenizer();
            int size = other.vocabulary().size();
            if (own.vocabulary().size() != size) {
                throw new IllegalArgumentException(model.name() + " has " + own.vocabulary().size() + " tokens and "
                        + target.name() + " has " + size + ": a draft model must have the same");
            }
            for (int token = 0; token < size; token++) {
                if (!Arrays.equals(own.bytes(token), other.bytes(token))) {
                    throw new IllegalArgumentException("token " + token + " of " + model.name() + " is not that of "
                            + target.name() + ": a draft model must have the same tokens");
                }
            }
        }
    }

    /**
     * Makes sure that guesses can be made for a model.
     *
     * @throws IllegalArgumentException if they would be of other tokens
     */
    default void requireFits(LanguageModel target) {
        // its own words always do
    }

    private static void requirePositive(int tokens) {
        if (tokens < 1) {
            throw new IllegalArgumentException("tokens must be 1 or more, not " + tokens);
        }
    }
}
