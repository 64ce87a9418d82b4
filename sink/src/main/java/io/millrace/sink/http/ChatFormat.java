package io.millrace.sink.http;

import io.millrace.schemas.AnswerDelta;
import io.millrace.schemas.TokenEvent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * Chat completions.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/chat/object">OpenAI's reference</a>
 */
record ChatFormat() implements OpenAiFormat {
    @Override
    public String chunkObject() {
        return "chat.completion.chunk";
    }

    @Override
    public JsonObject whole(AnswerHead head, List<AnsweredChoice> choices) {
        var list = new JsonArray();
        for (AnsweredChoice choice : choices) {
            list.add(new JsonObject().put("index", list.size())
                    .put("message", message(choice))
                    .put("logprobs", Logprobs.chat(choice.logprobs()))
                    .put("finish_reason", choice.end().finishReason().text()));
        }
        return OpenAiFormat.frame(head, "chat.completion").put("choices", list).put("usage",
                OpenAiFormat.json(Usages.sum(choices)));
    }

    private static JsonObject message(AnsweredChoice choice) {
        JsonObject message = new JsonObject().put("role", "assistant").put("content", choice.text())
                .putNull("refusal");
        return choice.message() == null
                ? message
                : ToolCalls.put(message.put("content", choice.message().content()), choice.message().toolCalls());
    }

    @Override
    public JsonObject opening(AnswerHead head, int choice) {
        return chunk(head, choice, new JsonObject().put("role", "assistant").put("content", ""), null, null);
    }

    @Override
    public JsonObject piece(AnswerHead head, int choice, TokenEvent.Token token, int offset) {
        JsonObject delta = token.delta() == null
                ? new JsonObject().put("content", token.text())
                : ToolCalls.delta(token.delta());
        boolean isEmpty = token.delta() == null ? token.text().isEmpty() : delta.isEmpty();
        return isEmpty && StreamFormat.logprobs(token).isEmpty()
                ? null
                : chunk(head, choice, delta, Logprobs.chat(StreamFormat.logprobs(token)), null);
    }

    @Override
    public List<JsonObject> closing(AnswerHead head, int choice, TokenEvent.Completed end) {
        JsonObject over = chunk(head, choice, new JsonObject(), null, end.finishReason().text());
        return end.delta() == null || end.delta().equals(AnswerDelta.NOTHING)
                ? List.of(over)
                : List.of(chunk(head, choice, ToolCalls.delta(end.delta()), null, null), over);
    }

    private JsonObject chunk(AnswerHead head, int choice, JsonObject delta, JsonObject logprobs, String reason) {
        return chunk(head, new JsonObject().put("index", choice).put("delta", delta)
                .put("logprobs", logprobs).put("finish_reason", reason));
    }
}
