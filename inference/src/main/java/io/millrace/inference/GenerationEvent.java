package io.millrace.inference;

import java.time.Duration;
import java.util.Optional;

/** What {@link Engine#generate} emits: one {@link Started}, then {@link Token}s, then one {@link Finished}. */
public sealed interface GenerationEvent {
    /**
     * The first prompt tokens are about to be computed.
     *
     * @param promptTokens how many tokens the prompt has
     * @param cachedTokens how many of them need no computing
     */
    record Started(int promptTokens, int cachedTokens) implements GenerationEvent {}

    /**
     * One sampled token, the end-of-generation token among them.
     *
     * @param index 0, 1, 2, ...
     * @param id the token in the model's vocabulary
     * @param text the text that became certain with it, always whole characters: empty if the token ends inside a
     *            character, or might begin a stop string
     * @param likelihood of the token, if the request asks for it
     */
    record Token(int index, int id, String text, Optional<TokenLikelihood> likelihood) implements GenerationEvent {
        /** Without its likelihood. */
        public Token(int index, int id, String text) {
            this(index, id, text, Optional.empty());
        }
    }

    /**
     * The generation is over.
     *
     * @param reason why
     * @param generatedTokens how many {@link Token}s there were
     * @param queued from subscription to the first step
     * @param prefill from the first step to the first token
     * @param decode from the first token to the last
     */
    record Finished(Reason reason, int generatedTokens, Duration queued, Duration prefill, Duration decode)
            implements
                GenerationEvent {}

    /** Why a generation ended. */
    enum Reason {
        /** The model sampled an end-of-generation token, or the request's grammar has come to its end. */
        END_OF_GENERATION,
        /** One of the request's stop strings appeared. */
        STOP_STRING,
        /** {@link GenerationRequest#maxTokens} were sampled. */
        MAX_TOKENS,
        /** The context is full. */
        CONTEXT_FULL
    }
}
