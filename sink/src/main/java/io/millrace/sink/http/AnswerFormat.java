package io.millrace.sink.http;

import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Usage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** How generated text is put to OpenAI's clients. */
sealed interface AnswerFormat permits ChatFormat, CompletionFormat {
    /** What stands before an answer's id. */
    String idPrefix();

    /** The answer in one piece. */
    JsonObject whole(AnswerHead head, List<AnsweredChoice> choices);

    /** What comes before a choice's first text, in a stream; null if nothing does. */
    JsonObject opening(AnswerHead head, int choice);

    /** A piece of a choice's text. */
    JsonObject piece(AnswerHead head, int choice, TokenEvent.Token token);

    /** A choice's end. */
    JsonObject closing(AnswerHead head, int choice, TokenEvent.Completed end);

    /** The last thing in a stream, if it was asked for. */
    default JsonObject usage(AnswerHead head, Usage usage) {
        return frame(head, chunkObject()).put("choices", new JsonArray()).put("usage", json(usage));
    }

    /** The name of a piece's kind. */
    String chunkObject();

    static JsonObject frame(AnswerHead head, String object) {
        return new JsonObject().put("id", head.id()).put("object", object).put("created", head.createdSeconds())
                .put("model", head.model());
    }

    static JsonObject chunk(AnswerHead head, String object, JsonObject choice) {
        JsonObject chunk = frame(head, object).put("choices", new JsonArray().add(choice));
        return head.tellsUsage() ? chunk.putNull("usage") : chunk;
    }

    static JsonObject json(Usage usage) {
        return new JsonObject().put("prompt_tokens", usage.promptTokens())
                .put("completion_tokens", usage.completionTokens()).put("total_tokens", usage.totalTokens())
                .put("prompt_tokens_details", new JsonObject().put("cached_tokens", usage.cachedTokens()));
    }
}
