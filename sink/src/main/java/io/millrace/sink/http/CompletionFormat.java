package io.millrace.sink.http;

import io.millrace.schemas.TokenEvent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * Text completions.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/completions/object">OpenAI's reference</a>
 */
record CompletionFormat() implements OpenAiFormat {
    private static final String OBJECT = "text_completion";

    @Override
    public String chunkObject() {
        return OBJECT;
    }

    @Override
    public JsonObject whole(AnswerHead head, List<AnsweredChoice> choices) {
        var list = new JsonArray();
        for (AnsweredChoice choice : choices) {
            list.add(choice(list.size(), choice.text(), Logprobs.text(choice.logprobs(), 0),
                    choice.end().finishReason().text()));
        }
        return OpenAiFormat.frame(head, OBJECT).put("choices", list).put("usage",
                OpenAiFormat.json(Usages.sum(choices)));
    }

    @Override
    public JsonObject opening(AnswerHead head, int choice) {
        return null;
    }

    @Override
    public JsonObject piece(AnswerHead head, int choice, TokenEvent.Token token, int offset) {
        return StreamFormat.isWorthTelling(token)
                ? chunk(head, choice(choice, token.text(), Logprobs.text(StreamFormat.logprobs(token), offset), null))
                : null;
    }

    @Override
    public List<JsonObject> closing(AnswerHead head, int choice, TokenEvent.Completed end) {
        return List.of(chunk(head, choice(choice, "", null, end.finishReason().text())));
    }

    private static JsonObject choice(int index, String text, JsonObject logprobs, String reason) {
        return new JsonObject().put("index", index).put("text", text).put("logprobs", logprobs).put("finish_reason",
                reason);
    }
}
