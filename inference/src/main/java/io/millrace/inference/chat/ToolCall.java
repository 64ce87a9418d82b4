package io.millrace.inference.chat;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A call of a tool that the model asked for.
 *
 * @param id what the tool's result refers to; may be empty
 * @param name the tool
 * @param arguments by name: texts, numbers, flags, nulls, and maps and lists of them
 */
public record ToolCall(String id, String name, Map<String, Object> arguments) {
    public ToolCall {
        arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
    }
}
