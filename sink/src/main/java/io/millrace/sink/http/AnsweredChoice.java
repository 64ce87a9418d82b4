package io.millrace.sink.http;

import io.millrace.schemas.AnswerMessage;
import io.millrace.schemas.Result;
import io.millrace.schemas.ScoredToken;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TokenLogprobs;
import java.util.List;

/**
 * One choice of an answer.
 *
 * @param message the text, read as content and tool calls; null if it is nothing but text
 * @param logprobs of its tokens; empty if nobody asked for them
 * @param end the event that ended it
 */
record AnsweredChoice(String text, AnswerMessage message, List<TokenLogprobs> logprobs, TokenEvent.Completed end) {
    AnsweredChoice {
        logprobs = List.copyOf(logprobs);
    }

    /**
     * What the prompt's task came to.
     *
     * @throws IllegalStateException if it is something else, as from a worker that knows nothing of tasks
     */
    <R extends Result> R result(Class<R> kind) {
        if (!kind.isInstance(end.result())) {
            throw new IllegalStateException("the stream of " + end.id() + " ends with no " + kind.getSimpleName());
        }
        return kind.cast(end.result());
    }

    /** Whether a token is worth telling of: the one that ends a text has none itself. */
    static boolean isPartOfText(ScoredToken token) {
        return !token.bytes().isEmpty();
    }
}
