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
        List<ToolCall> calls = known.equals("assistant")
                ? ToolsJson.readCalls(fields, OpenAiMessages::refuseOthersInCall)
                : List.of();
        String content = content(fields, known);
        String toolCallId = known.equals("tool") ? fields.text("tool_call_id") : null;
        fields.refuseUnless("name", node -> false);
        fields.refuseUnless("function_call", node -> false);
        fields.refuseUnless("audio", node -> false);
        fields.refuseUnless("refusal", node -> false);
        fields.refuseUnless("annotations", JsonNode::isEmpty);
        // what helpers of OpenAI's clients read out of the content, and send along with it
        fields.any("parsed");
        fields.refuseOthers();
        return new ChatMessage(known, content, calls, toolCallId);
    }

    /** What OpenAI's clients make of a streamed call, and send back with the conversation. */
    private static void refuseOthersInCall(Fields fields) {
        fields.any("index");
        fields.any("parsed_arguments");
        fields.refuseOthers();
    }

    private static String content(Fields fields, String role) {
        JsonNode content = fields.any("content");
        if (content == null && role.equals("assistant")) {
            return "";
        }
        return MessageContent.text(fields, fields.required("content", content));
    }
}
