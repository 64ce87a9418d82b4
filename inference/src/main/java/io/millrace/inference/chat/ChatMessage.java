package io.millrace.inference.chat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One message of a conversation.
 *
 * @param role who speaks, one of {@link #ROLES}
 * @param content what is said; empty for a message that only calls tools
 * @param toolCalls the tools an assistant calls
 * @param toolCallId for a tool's result: the call it answers
 */
public record ChatMessage(String role, Optional<String> content, List<ToolCall> toolCalls,
        Optional<String> toolCallId) {
    /** The roles that templates know. Templates write a role between markers, so it must never be free text. */
    public static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool", "function",
            "ipython");

    public ChatMessage {
        if (!ROLES.contains(role)) {
            throw new IllegalArgumentException(
                    "role must be one of " + new TreeSet<>(ROLES) + ", not \"" + role + "\"");
        }
        toolCalls = List.copyOf(toolCalls);
        if (content.isEmpty() && toolCalls.isEmpty()) {
            throw new IllegalArgumentException("a message must have a content, or call tools");
        }
    }

    /** A message of nothing but text. */
    public static ChatMessage of(String role, String content) {
        return new ChatMessage(role, Optional.of(content), List.of(), Optional.empty());
    }
}
