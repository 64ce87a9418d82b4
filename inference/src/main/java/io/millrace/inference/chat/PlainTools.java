package io.millrace.inference.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tools, their calls and their results as plain messages, for templates that have no place for them: what Llama 3.1's template says of tools goes before
 * the system message, calls are written as the model is to write them, and results are the user's.
 */
final class PlainTools {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String INSTRUCTION = "You have access to the following functions. To call a function, respond with JSON for a"
            + " function call and nothing else, in the format {\"name\": function name, \"parameters\": dictionary of argument"
            + " name and its value}. Do not use variables.";
    private static final Set<String> RESULTS = Set.of("tool", "function", "ipython");

    private PlainTools() {}

    /** The same conversation without tools; the very same if there is nothing of them in it. */
    static Conversation inWords(Conversation conversation) {
        if (conversation.tools().isEmpty() && conversation.messages().stream()
                .allMatch(message -> message.toolCalls().isEmpty() && !RESULTS.contains(message.role()))) {
            return conversation;
        }
        var messages = new ArrayList<ChatMessage>();
        for (ChatMessage message : conversation.messages()) {
            add(messages, message);
        }
        if (!conversation.tools().isEmpty()) {
            offer(messages, conversation.tools());
        }
        return new Conversation(messages, List.of(), conversation.addGenerationPrompt(), conversation.variables());
    }

    private static void add(List<ChatMessage> messages, ChatMessage message) {
        if (RESULTS.contains(message.role())) {
            String result = message.content().orElse("");
            boolean isAnother = !messages.isEmpty() && messages.getLast().role().equals("user");
            // templates may insist on turns
            messages.add(ChatMessage.of("user", isAnother
                    ? messages.removeLast().content().orElse("") + "\n" + result
                    : result));
        } else if (message.toolCalls().isEmpty()) {
            messages.add(message);
        } else {
            String calls = message.toolCalls().stream().map(PlainTools::call).collect(Collectors.joining("; "));
            messages.add(ChatMessage.of(message.role(), message.content().filter(text -> !text.isBlank())
                    .map(text -> text + "\n" + calls).orElse(calls)));
        }
    }

    private static String call(ToolCall call) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", call.name());
        json.put("parameters", call.arguments());
        return json(json);
    }

    private static void offer(List<ChatMessage> messages, List<Map<String, Object>> tools) {
        String offer = INSTRUCTION + "\n\n" + tools.stream().map(PlainTools::json).collect(Collectors.joining("\n\n"));
        Optional<String> system = messages.isEmpty() || !messages.getFirst().role().equals("system")
                ? Optional.empty()
                : messages.removeFirst().content();
        messages.addFirst(ChatMessage.of("system", system.map(text -> offer + "\n\n" + text).orElse(offer)));
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new ChatTemplateException("a tool cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
    }
}
