package io.millrace.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.inference.chat.ChatMessage;
import io.millrace.inference.chat.Conversation;
import io.millrace.inference.chat.ToolCall;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Tool;
import io.millrace.schemas.ToolUse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A prompt's messages and tools as a model's template takes them. */
final class Conversations {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final TypeReference<LinkedHashMap<String, Object>> OBJECT = new TypeReference<>() {};

    private Conversations() {}

    /**
     * Ready for the assistant's answer.
     *
     * @throws InvalidPromptException naming the call whose arguments are no JSON object
     */
    static Conversation of(List<io.millrace.schemas.ChatMessage> messages, ToolUse use) {
        var converted = new ArrayList<ChatMessage>();
        for (io.millrace.schemas.ChatMessage message : messages) {
            converted.add(message(message, "messages[" + converted.size() + "]"));
        }
        List<Map<String, Object>> tools = use.isOffered()
                ? use.tools().stream().map(Conversations::tool).toList()
                : List.of();
        return new Conversation(converted, tools, true, Map.of());
    }

    private static ChatMessage message(io.millrace.schemas.ChatMessage message, String place) {
        var calls = new ArrayList<ToolCall>();
        for (io.millrace.schemas.ToolCall call : message.toolCalls()) {
            calls.add(
                    new ToolCall(call.id(), call.name(), arguments(call, place + ".tool_calls[" + calls.size() + "]")));
        }
        Optional<String> content = message.content().isEmpty() && !calls.isEmpty()
                ? Optional.empty()
                : Optional.of(message.content());
        return new ChatMessage(message.role(), content, calls, Optional.ofNullable(message.toolCallId()));
    }

    private static Map<String, Object> arguments(io.millrace.schemas.ToolCall call, String place) {
        try {
            Map<String, Object> arguments = JSON.readValue(call.arguments(), OBJECT);
            if (arguments != null) {
                return arguments;
            }
        } catch (JsonProcessingException _) {
            // said below
        }
        throw new InvalidPromptException(place + ".function.arguments must be a JSON object, as text");
    }

    private static Map<String, Object> tool(Tool tool) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", tool.name());
        if (tool.description() != null) {
            function.put("description", tool.description());
        }
        function.put("parameters", tool.parameters() == null
                ? Map.of("type", "object", "properties", Map.of())
                : JSON.convertValue(tool.parameters(), OBJECT));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("type", "function");
        result.put("function", function);
        return result;
    }
}
