package io.millrace.sink.http;

import io.millrace.schemas.Result;
import io.millrace.schemas.Usage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/**
 * Embeddings.
 *
 * @param isBase64 whether numbers are given as bytes, of four each, the lowest first
 * @see <a href="https://platform.openai.com/docs/api-reference/embeddings/create">OpenAI's reference</a>
 */
record EmbeddingsFormat(boolean isBase64) implements AnswerFormat {
    @Override
    public JsonObject whole(AnswerHead head, List<AnsweredChoice> choices) {
        var data = new JsonArray();
        for (AnsweredChoice choice : choices) {
            var embedding = choice.result(Result.Embedding.class);
            data.add(new JsonObject().put("object", "embedding").put("index", data.size()).put("embedding", isBase64
                    ? base64(embedding.values())
                    : new JsonArray(embedding.values())));
        }
        Usage usage = Usages.sum(choices);
        return new JsonObject().put("object", "list").put("data", data).put("model", head.model()).put("usage",
                new JsonObject().put("prompt_tokens", usage.promptTokens()).put("total_tokens", usage.totalTokens()));
    }

    private static String base64(List<Float> values) {
        var bytes = ByteBuffer.allocate(values.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(bytes::putFloat);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
