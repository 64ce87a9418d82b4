package io.millrace.schemas;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Answers read as content and tool calls, whole and in pieces, in OpenAI's form. */
final class AnswerJson {
    private static final String DELTA = "delta";
    private static final String MESSAGE = "message";
    private static final String CONTENT = "content";
    private static final String FUNCTION = "function";

    private AnswerJson() {}

    /** Null when there is none. */
    static AnswerDelta readDelta(Fields event) {
        if (event.object(DELTA) == null) {
            return null;
        }
        Fields fields = event.requiredFields(DELTA);
        String content = fields.text(CONTENT);
        List<Fields> elements = fields.objects("tool_calls");
        List<AnswerDelta.Call> calls = new ArrayList<>();
        for (Fields element : elements == null ? List.<Fields>of() : elements) {
            Fields function = element.requiredFields(FUNCTION);
            calls.add(new AnswerDelta.Call(element.requiredInteger("index"), element.text("id"), function.text("name"),
                    function.requiredText("arguments")));
        }
        return new AnswerDelta(content == null ? "" : content, calls);
    }

    /** Null when there is none. */
    static AnswerMessage readMessage(Fields completion) {
        if (completion.object(MESSAGE) == null) {
            return null;
        }
        Fields fields = completion.requiredFields(MESSAGE);
        fields.text("role");
        return new AnswerMessage(fields.requiredText(CONTENT), ToolsJson.readCalls(fields, _ -> {}));
    }

    static void write(JsonGenerator json, AnswerDelta delta) throws IOException {
        json.writeObjectFieldStart(DELTA);
        if (!delta.content().isEmpty()) {
            json.writeStringField(CONTENT, delta.content());
        }
        if (!delta.toolCalls().isEmpty()) {
            json.writeArrayFieldStart("tool_calls");
            for (AnswerDelta.Call call : delta.toolCalls()) {
                write(json, call);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, AnswerDelta.Call call) throws IOException {
        json.writeStartObject();
        json.writeNumberField("index", call.index());
        if (call.isFirst()) {
            json.writeStringField("id", call.id());
            json.writeStringField("type", FUNCTION);
        }
        json.writeObjectFieldStart(FUNCTION);
        if (call.isFirst()) {
            json.writeStringField("name", call.name());
        }
        json.writeStringField("arguments", call.arguments());
        json.writeEndObject();
        json.writeEndObject();
    }

    static void write(JsonGenerator json, AnswerMessage message) throws IOException {
        json.writeObjectFieldStart(MESSAGE);
        json.writeStringField("role", "assistant");
        json.writeStringField(CONTENT, message.content());
        ToolsJson.writeCalls(json, message.toolCalls());
        json.writeEndObject();
    }
}
