package io.millrace.sink.http;

import io.millrace.schemas.AnswerDelta;
import io.millrace.schemas.ToolCall;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Tool calls as OpenAI's clients expect them. */
final class ToolCalls {
    private static final String CALLS = "tool_calls";

    private ToolCalls() {}

    /** Adds calls, if there are any, to a message that has a content, which may be empty: then there is none. */
    static JsonObject put(JsonObject message, List<ToolCall> calls) {
        if (calls.isEmpty()) {
            return message;
        }
        var list = new JsonArray();
        for (ToolCall call : calls) {
            list.add(new JsonObject().put("id", call.id()).put("type", "function").put("function",
                    new JsonObject().put("name", call.name()).put("arguments", call.arguments())));
        }
        if (message.getString("content").isEmpty()) {
            message.putNull("content");
        }
        return message.put(CALLS, list);
    }

    /** What is new; empty if nothing is. */
    static JsonObject delta(AnswerDelta delta) {
        var json = new JsonObject();
        if (!delta.content().isEmpty()) {
            json.put("content", delta.content());
        }
        if (!delta.toolCalls().isEmpty()) {
            var list = new JsonArray();
            delta.toolCalls().forEach(call -> list.add(piece(call)));
            json.put(CALLS, list);
        }
        return json;
    }

    private static JsonObject piece(AnswerDelta.Call call) {
        var piece = new JsonObject().put("index", call.index());
        var function = new JsonObject();
        if (call.isFirst()) {
            piece.put("id", call.id()).put("type", "function");
            function.put("name", call.name());
        }
        return piece.put("function", function.put("arguments", call.arguments()));
    }
}
