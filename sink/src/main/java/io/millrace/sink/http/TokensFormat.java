package io.millrace.sink.http;

import io.millrace.schemas.Result;
import io.millrace.schemas.Utf8;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The answers of llama.cpp's {@code /tokenize}. */
record TokensFormat() implements AnswerFormat {
    @Override
    public JsonObject whole(AnswerHead head, List<AnsweredChoice> choices) {
        var result = choices.getFirst().result(Result.Tokens.class);
        var tokens = new JsonArray();
        for (int i = 0; i < result.tokens().size(); i++) {
            int token = result.tokens().get(i);
            if (result.pieces().size() < result.tokens().size()) {
                tokens.add(token);
            } else {
                tokens.add(new JsonObject().put("id", token).put("piece", piece(result.pieces().get(i))));
            }
        }
        return new JsonObject().put("tokens", tokens);
    }

    /** Text where it is whole characters, else bytes. */
    private static Object piece(List<Integer> bytes) {
        String text = Utf8.text(bytes);
        return text == null ? new JsonArray(bytes) : text;
    }
}
