package io.millrace.sink.http;

import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.Timings;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Usage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The answers of llama.cpp's {@code /completion}. Whether a stop string ended a text is not told by the stream, so {@code stop_type} is there when it is certain.
 *
 * @param prompt that is answered
 * @see <a href="https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md">llama.cpp's description</a>
 */
record NativeFormat(Prompt prompt) implements StreamFormat {
    private static final double MILLIS_PER_SECOND = 1000;

    @Override
    public JsonObject whole(AnswerHead head, List<AnsweredChoice> choices) {
        AnsweredChoice only = choices.getFirst();
        JsonObject end = end(head, only.text(), only.end());
        return only.logprobs().isEmpty()
                ? end
                : end.put("completion_probabilities", Logprobs.completion(only.logprobs()));
    }

    @Override
    public JsonObject opening(AnswerHead head, int choice) {
        return null;
    }

    @Override
    public JsonObject piece(AnswerHead head, int choice, TokenEvent.Token token, int offset) {
        if (!StreamFormat.isWorthTelling(token)) {
            return null;
        }
        JsonObject piece = new JsonObject().put("index", choice).put("content", token.text())
                .put("tokens", JsonArray.of(token.token())).put("stop", false).put("id_slot", -1)
                .put("tokens_predicted", token.seq() + 1);
        return StreamFormat.logprobs(token).isEmpty()
                ? piece
                : piece.put("completion_probabilities", Logprobs.completion(StreamFormat.logprobs(token)));
    }

    @Override
    public List<JsonObject> closing(AnswerHead head, int choice, TokenEvent.Completed end) {
        return List.of(end(head, "", end));
    }

    @Override
    public boolean endsWithDone() {
        return false;
    }

    private JsonObject end(AnswerHead head, String text, TokenEvent.Completed end) {
        Usage usage = end.usage();
        var json = new JsonObject().put("index", 0).put("content", text).put("tokens", new JsonArray())
                .put("id_slot", -1).put("stop", true).put("model", head.model()).put("prompt", prompt.prompt())
                .put("tokens_predicted", usage.completionTokens()).put("tokens_evaluated", usage.promptTokens())
                .put("tokens_cached", usage.cachedTokens()).put("truncated", false)
                .put("timings", timings(end.timings(), usage));
        if (end.finishReason() == FinishReason.LENGTH) {
            json.put("stop_type", "limit").put("stopping_word", "");
        } else if (prompt.stop().isEmpty()) {
            json.put("stop_type", "eos").put("stopping_word", "");
        }
        return json;
    }

    private static JsonObject timings(Timings timings, Usage usage) {
        int computed = usage.promptTokens() - usage.cachedTokens();
        return new JsonObject().put("cache_n", usage.cachedTokens()).put("prompt_n", computed)
                .put("prompt_ms", timings.prefillMillis())
                .put("prompt_per_second", perSecond(computed, timings.prefillMillis()))
                .put("predicted_n", usage.completionTokens()).put("predicted_ms", timings.decodeMillis())
                .put("predicted_per_second", perSecond(usage.completionTokens(), timings.decodeMillis()));
    }

    private static double perSecond(int tokens, double millis) {
        return millis > 0 ? tokens * MILLIS_PER_SECOND / millis : 0;
    }
}
