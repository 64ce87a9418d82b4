package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

/**
 * One event of a prompt's token stream, on the topic {@code tokens} and as a WebSocket frame.
 *
 * <p>A stream is {@link Started}, then {@link Token}s with {@code seq} 0, 1, 2, ..., then {@link Completed} or
 * {@link Failed}. A prompt that fails before the engine sees it has only {@code Failed}, with attempt 1. The texts of a stream's tokens,
 * joined in order of {@code seq}, are its completion's text, byte for byte.
 */
public sealed interface TokenEvent {
    /** The request's id. */
    String id();

    /** 1 for the first worker that runs the prompt, one more for each that takes it over. */
    int attempt();

    /** Whether the stream ends with this event. */
    default boolean isLast() {
        return this instanceof Completed || this instanceof Failed;
    }

    /** The prompt was admitted and its prefill begins. */
    record Started(String id, int attempt, String model, int promptTokens, int cachedTokens) implements TokenEvent {
        public Started {
            requireNonNull(id, "id");
            requireNonNull(model, "model");
            Counts.positive("attempt", attempt);
            Counts.notNegative("prompt_tokens", promptTokens);
            Counts.notNegative("cached_tokens", cachedTokens);
        }
    }

    /**
     * One sampled token.
     *
     * @param seq the token's place in the stream, from 0
     * @param text whole characters only: empty for a token that ends inside a character or might begin a stop string
     * @param token the token's id in the model's vocabulary
     * @param logprobs how likely it was; null unless the prompt asks for it
     * @param delta what the text says, read as content and tool calls; null unless the prompt offers tools
     */
    record Token(String id, int attempt, int seq, String text, int token, TokenLogprobs logprobs, AnswerDelta delta)
            implements
                TokenEvent {
        public Token {
            requireNonNull(id, "id");
            requireNonNull(text, "text");
            Counts.positive("attempt", attempt);
            Counts.notNegative("seq", seq);
            Counts.notNegative("token", token);
        }

        /** One that is nothing but text. */
        public Token(String id, int attempt, int seq, String text, int token) {
            this(id, attempt, seq, text, token, null, null);
        }
    }

    /**
     * The generation ended as it should, or was cancelled.
     *
     * @param seq one more than the last token's
     * @param delta what became certain of the answer with its end; null unless the prompt offers tools
     * @param result what the prompt's task came to; null where something was generated
     */
    record Completed(String id, int attempt, int seq, FinishReason finishReason, Usage usage, Timings timings,
            AnswerDelta delta, Result result)
            implements
                TokenEvent {
        public Completed {
            requireNonNull(id, "id");
            requireNonNull(finishReason, "finishReason");
            requireNonNull(usage, "usage");
            requireNonNull(timings, "timings");
            Counts.positive("attempt", attempt);
            Counts.notNegative("seq", seq);
        }

        /** The end of nothing but text. */
        public Completed(String id, int attempt, int seq, FinishReason finishReason, Usage usage, Timings timings) {
            this(id, attempt, seq, finishReason, usage, timings, null, null);
        }
    }

    /** The prompt failed and will not be tried again. */
    record Failed(String id, int attempt, ErrorDetail error) implements TokenEvent {
        public Failed {
            requireNonNull(id, "id");
            requireNonNull(error, "error");
            Counts.positive("attempt", attempt);
        }
    }
}
