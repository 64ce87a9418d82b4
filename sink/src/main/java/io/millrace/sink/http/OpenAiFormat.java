package io.millrace.sink.http;

import io.millrace.schemas.Usage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** What OpenAI's kinds of answers have in common. */
sealed interface OpenAiFormat extends StreamFormat permits ChatFormat, CompletionFormat {
    /** The name of a piece's kind. */
    String chunkObject();

    @Override
    default JsonObject usage(AnswerHead head, Usage usage) {
        return frame(head, chunkObject()).put("choices", new JsonArray()).put("usage", json(usage));
    }

    @Override
    default boolean endsWithDone() {
        return true;
    }

    default JsonObject chunk(AnswerHead head, JsonObject choice) {
        JsonObject chunk = frame(head, chunkObject()).put("choices", new JsonArray().add(choice));
        return head.tellsUsage() ? chunk.putNull("usage") : chunk;
    }

    static JsonObject frame(AnswerHead head, String object) {
        return new JsonObject().put("id", head.id()).put("object", object).put("created", head.createdSeconds())
                .put("model", head.model());
    }

    static JsonObject json(Usage usage) {
        return new JsonObject().put("prompt_tokens", usage.promptTokens())
                .put("completion_tokens", usage.completionTokens()).put("total_tokens", usage.totalTokens())
                .put("prompt_tokens_details", new JsonObject().put("cached_tokens", usage.cachedTokens()));
    }
}
