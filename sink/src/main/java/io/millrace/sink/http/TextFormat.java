package io.millrace.sink.http;

import io.millrace.schemas.Result;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The answers of llama.cpp's {@code /detokenize} and {@code /apply-template}.
 *
 * @param field that holds the text
 */
record TextFormat(String field) implements AnswerFormat {
    @Override
    public JsonObject whole(AnswerHead head, List<AnsweredChoice> choices) {
        return new JsonObject().put(field, choices.getFirst().result(Result.Text.class).text());
    }
}
