package io.millrace.inference.chat;

import io.millrace.inference.chat.jinja.Untrusted;
import io.millrace.inference.gguf.Metadata;
import io.millrace.inference.tokenizer.Vocabulary;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What templates see of a conversation, named as everywhere: {@code messages}, {@code tools}, {@code bos_token} and so on. */
final class TemplateVariables {
    /** JSON Schemas of tools nest some ten levels. */
    private static final int MAX_DEPTH = 100;

    private final String beginning;
    private final String end;
    private final List<String> unmarkable;

    private TemplateVariables(String beginning, String end, List<String> unmarkable) {
        this.beginning = beginning;
        this.end = end;
        this.unmarkable = unmarkable;
    }

    static TemplateVariables of(Metadata metadata, Vocabulary vocabulary) {
        String beginning = vocabulary.beginningOfSequence().stream().mapToObj(vocabulary::piece).findFirst().orElse("");
        List<String> unmarkable = IntStream.range(0, vocabulary.size()).filter(vocabulary::isControl)
                .mapToObj(vocabulary::piece).filter(piece -> !piece.isEmpty() && piece.chars().noneMatch(c -> c < 0x80))
                .toList();
        return new TemplateVariables(piece(metadata, "tokenizer.ggml.bos_token_id", vocabulary, beginning),
                piece(metadata, "tokenizer.ggml.eos_token_id", vocabulary, ""), unmarkable);
    }

    private static String piece(Metadata metadata, String key, Vocabulary vocabulary, String otherwise) {
        return metadata.has(key) ? vocabulary.piece(metadata.count(key)) : otherwise;
    }

    /**
     * The variables.
     *
     * @param noContent what stands for the content of messages without one
     */
    Map<String, Object> of(Conversation conversation, String noContent) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("bos_token", beginning);
        result.put("eos_token", end);
        // as a value of none, not as an undefined one: that is how templates are tried out by their authors
        result.put("tools", conversation.tools().isEmpty() ? null : marked(conversation.tools()));
        conversation.variables().forEach((name, value) -> result.put(name, marked(value)));
        result.put("messages", conversation.messages().stream().map(message -> message(message, noContent)).toList());
        result.put("add_generation_prompt", conversation.addGenerationPrompt());
        return result;
    }

    private Map<String, Object> message(ChatMessage message, String noContent) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("role", message.role());
        result.put("content", message.content().map(this::mark).orElse(noContent));
        if (!message.toolCalls().isEmpty()) {
            result.put("tool_calls", message.toolCalls().stream().map(this::toolCall).toList());
        }
        message.toolCallId().ifPresent(id -> result.put("tool_call_id", mark(id)));
        return result;
    }

    private Map<String, Object> toolCall(ToolCall call) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", mark(call.name()));
        function.put("arguments", marked(call.arguments()));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("id", mark(call.id()));
        result.put("type", "function");
        result.put("function", function);
        return result;
    }

    /** The value with every text in it marked as not the template's own. */
    private Object marked(Object value) {
        return marked(value, 0);
    }

    private Object marked(Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new ChatTemplateException("a tool or an argument is nested more than " + MAX_DEPTH + " deep");
        }
        return switch (value) {
            case null -> null;
            case String text -> mark(text);
            case Map<?, ?> map -> {
                Map<Object, Object> result = new LinkedHashMap<>();
                map.forEach((key, element) -> result.put(marked(key, depth + 1), marked(element, depth + 1)));
                yield result;
            }
            case Collection<?> items -> {
                List<Object> result = new ArrayList<>(items.size());
                items.forEach(item -> result.add(marked(item, depth + 1)));
                yield result;
            }
            default -> value;
        };
    }

    private String mark(String text) {
        for (String token : unmarkable) {
            if (text.contains(token)) {
                throw new ChatTemplateException("the text holds \"" + token
                        + "\", which this model would take for a control token; leave it out");
            }
        }
        return Untrusted.mark(text);
    }
}
