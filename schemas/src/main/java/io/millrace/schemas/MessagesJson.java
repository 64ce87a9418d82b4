package io.millrace.schemas;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;

/** A prompt's messages, in OpenAI's form. */
final class MessagesJson {
    private static final String CONTENT = "content";
    private static final String ASSISTANT = "assistant";

    private MessagesJson() {}

    /** Null when there are none. */
    static List<ChatMessage> read(Fields prompt) {
        List<Fields> elements = prompt.objects("messages");
        return elements == null ? null : elements.stream().map(MessagesJson::message).toList();
    }

    private static ChatMessage message(Fields fields) {
        String role = fields.requiredText("role");
        if (!ChatMessage.ROLES.contains(role)) {
            throw fields.wrong("role", "one of " + String.join(", ", ChatMessage.ROLES), fields.any("role"));
        }
        List<ToolCall> calls = role.equals(ASSISTANT) ? ToolsJson.readCalls(fields, Fields::refuseOthers) : List.of();
        JsonNode content = fields.any(CONTENT);
        if (calls.isEmpty()) {
            fields.required(CONTENT, content);
        }
        String toolCallId = role.equals("tool") ? fields.text("tool_call_id") : null;
        fields.refuseOthers();
        return new ChatMessage(role, text(fields, role, content), calls, toolCallId);
    }

    /** The assistant may say nothing. */
    static String text(Fields fields, String role, JsonNode content) {
        return role.equals(ASSISTANT) && (content == null || content.isNull())
                ? ""
                : MessageContent.text(fields, content);
    }

    static void write(JsonGenerator json, List<ChatMessage> messages) throws IOException {
        json.writeArrayFieldStart("messages");
        for (ChatMessage message : messages) {
            json.writeStartObject();
            json.writeStringField("role", message.role());
            json.writeStringField(CONTENT, message.content());
            ToolsJson.writeCalls(json, message.toolCalls());
            if (message.toolCallId() != null) {
                json.writeStringField("tool_call_id", message.toolCallId());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
