package io.millrace.inference.chat;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a chat template renders.
 *
 * @param messages from first to last
 * @param tools the tools on offer, each as in OpenAI's API: {@code {"type": "function", "function": {...}}}
 * @param addGenerationPrompt whether the assistant's next message is begun, for the model to go on with
 * @param variables further ones for the template, such as {@code enable_thinking}; values as in {@link ToolCall#arguments}
 */
public record Conversation(List<ChatMessage> messages, List<Map<String, Object>> tools, boolean addGenerationPrompt,
        Map<String, Object> variables) {
    public Conversation {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }

    /** Messages for the model to answer, without tools. */
    public static Conversation of(List<ChatMessage> messages) {
        return new Conversation(messages, List.of(), true, Map.of());
    }
}
