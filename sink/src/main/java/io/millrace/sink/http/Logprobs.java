package io.millrace.sink.http;

import io.millrace.schemas.ScoredToken;
import io.millrace.schemas.TokenLogprobs;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Likelihoods as OpenAI's and llama.cpp's clients expect them. Null stands for none. */
final class Logprobs {
    private Logprobs() {}

    /** Of a chat's answer. */
    static JsonObject chat(List<TokenLogprobs> tokens) {
        return tokens.isEmpty() ? null : new JsonObject().put("content", list(tokens)).putNull("refusal");
    }

    private static JsonArray list(List<TokenLogprobs> tokens) {
        var list = new JsonArray();
        for (TokenLogprobs token : tokens) {
            list.add(scored(token.chosen()).put("top_logprobs", scored(token.top())));
        }
        return list;
    }

    private static JsonArray scored(List<ScoredToken> tokens) {
        var list = new JsonArray();
        tokens.forEach(token -> list.add(scored(token)));
        return list;
    }

    private static JsonObject scored(ScoredToken token) {
        return new JsonObject().put("token", token.text()).put("logprob", token.logprob()).put("bytes",
                new JsonArray(token.bytes()));
    }

    /**
     * Of a continued text.
     *
     * @param offset in characters, of the first of these tokens in the text
     */
    static JsonObject text(List<TokenLogprobs> tokens, int offset) {
        if (tokens.isEmpty()) {
            return null;
        }
        var texts = new JsonArray();
        var chosen = new JsonArray();
        var tops = new JsonArray();
        var offsets = new JsonArray();
        int place = offset;
        for (TokenLogprobs token : tokens) {
            texts.add(token.chosen().text());
            chosen.add(token.chosen().logprob());
            var top = new JsonObject();
            token.top().forEach(other -> top.put(other.text(), other.logprob()));
            tops.add(top);
            offsets.add(place);
            place += token.chosen().text().length();
        }
        return new JsonObject().put("tokens", texts).put("token_logprobs", chosen).put("top_logprobs", tops).put(
                "text_offset", offsets);
    }

    /** Of llama.cpp's completions. */
    static JsonArray completion(List<TokenLogprobs> tokens) {
        var list = new JsonArray();
        for (TokenLogprobs token : tokens) {
            var top = new JsonArray();
            token.top().forEach(other -> top.add(identified(other)));
            list.add(identified(token.chosen()).put("top_logprobs", top));
        }
        return list;
    }

    private static JsonObject identified(ScoredToken token) {
        return scored(token).put("id", token.token());
    }
}
