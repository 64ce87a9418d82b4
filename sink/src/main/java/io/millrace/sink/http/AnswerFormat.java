package io.millrace.sink.http;

import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Usage;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** How generated text is put to clients. */
sealed interface AnswerFormat permits OpenAiFormat, NativeFormat {
    /** The answer in one piece. */
    JsonObject whole(AnswerHead head, List<AnsweredChoice> choices);

    /** What comes before a choice's first text, in a stream; null if nothing does. */
    JsonObject opening(AnswerHead head, int choice);

    /** A piece of a choice's text. */
    JsonObject piece(AnswerHead head, int choice, TokenEvent.Token token);

    /** A choice's end. */
    JsonObject closing(AnswerHead head, int choice, TokenEvent.Completed end);

    /** The last thing in a stream that {@link AnswerHead#tellsUsage}. */
    default JsonObject usage(AnswerHead head, Usage usage) {
        throw new IllegalStateException("nobody can ask for it");
    }

    /** Whether a stream says that it is over. */
    boolean endsWithDone();
}
