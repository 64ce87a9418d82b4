package io.millrace.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The messages of a chat, as OpenAI's clients write them. */
final class OpenAiMessages {
    private OpenAiMessages() {}

    static List<ChatMessage> read(List<Fields> elements) {
        return elements.stream().map(OpenAiMessages::message).toList();
    }

    private static ChatMessage message(Fields fields) {
        String role = fields.requiredText("role");
        // newer models' name for what the others call system
        String known = role.equals("developer") ? "system" : role;
        if (!ChatMessage.ROLES.contains(known)) {
            throw fields.wrong("role", "one of developer, " + String.join(", ", ChatMessage.ROLES),
                    fields.any("role"));
        }
        String content = content(fields, known);
        fields.refuseUnless("name", node -> false);
        fields.refuseUnless("tool_calls", JsonNode::isEmpty);
        fields.refuseUnless("tool_call_id", node -> false);
        fields.refuseUnless("function_call", node -> false);
        fields.refuseUnless("audio", node -> false);
        fields.refuseUnless("refusal", node -> false);
        fields.refuseOthers();
        return new ChatMessage(known, content);
    }

    private static String content(Fields fields, String role) {
        JsonNode content = fields.any("content");
        if (content == null && role.equals("assistant")) {
            return "";
        }
        fields.required("content", content);
        return MessageContent.text(fields, content);
    }
}
