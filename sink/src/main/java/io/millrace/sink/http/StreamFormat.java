package io.millrace.sink.http;

import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TokenLogprobs;
import io.millrace.schemas.Usage;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** How generated text is put to clients, whole or as it comes. */
sealed interface StreamFormat extends AnswerFormat permits OpenAiFormat, NativeFormat {
    /** What comes before a choice's first text, in a stream; null if nothing does. */
    JsonObject opening(AnswerHead head, int choice);

    /**
     * A piece of a choice's text; null if there is nothing to tell.
     *
     * @param offset of the token in the text, in characters
     */
    JsonObject piece(AnswerHead head, int choice, TokenEvent.Token token, int offset);

    /** Whether a token adds to a text, or there is something to tell of it. */
    static boolean isWorthTelling(TokenEvent.Token token) {
        return !token.text().isEmpty() || !logprobs(token).isEmpty();
    }

    /** A token's likelihood as a list, which is empty if nobody asked for it, or the token is no part of the text. */
    static List<TokenLogprobs> logprobs(TokenEvent.Token token) {
        return token.logprobs() != null && AnsweredChoice.isPartOfText(token.logprobs().chosen())
                ? List.of(token.logprobs())
                : List.of();
    }

    /** A choice's end: what is still to be told of it, then that it is over. */
    List<JsonObject> closing(AnswerHead head, int choice, TokenEvent.Completed end);

    /** The last thing in a stream that {@link AnswerHead#tellsUsage}. */
    default JsonObject usage(AnswerHead head, Usage usage) {
        throw new IllegalStateException("nobody can ask for it");
    }

    /** Whether a stream says that it is over. */
    boolean endsWithDone();
}
