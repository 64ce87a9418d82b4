package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * One message of a conversation, in OpenAI's form reduced to text.
 *
 * @param role {@code system}, {@code user}, {@code assistant} or {@code tool}
 * @param content the text; parts of type {@code text} are joined while decoding
 * @param toolCalls that the assistant asked for; none from others
 * @param toolCallId the call whose result a tool's message is; null if not given, and from others
 */
public record ChatMessage(String role, String content, List<ToolCall> toolCalls, String toolCallId) {
    /** The roles there are. */
    public static final List<String> ROLES = List.of("system", "user", "assistant", "tool");

    public ChatMessage {
        requireNonNull(role, "role");
        requireNonNull(content, "content");
        toolCalls = List.copyOf(toolCalls);
        if (!ROLES.contains(role)) {
            throw new InvalidPromptException(
                    "role must be one of " + String.join(", ", ROLES) + ", not " + Excerpt.quoted(role));
        }
        if (!toolCalls.isEmpty() && !role.equals("assistant")) {
            throw new InvalidPromptException("tool_calls belong to messages of the role assistant, not " + role);
        }
        if (toolCallId != null && !role.equals("tool")) {
            throw new InvalidPromptException("tool_call_id belongs to messages of the role tool, not " + role);
        }
    }

    /** A message of nothing but text. */
    public ChatMessage(String role, String content) {
        this(role, content, List.of(), null);
    }
}
