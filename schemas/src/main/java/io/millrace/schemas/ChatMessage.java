package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * One message of a conversation, in OpenAI's form reduced to text.
 *
 * @param role {@code system}, {@code user}, {@code assistant} or {@code tool}
 * @param content the text; parts of type {@code text} are joined while decoding
 */
public record ChatMessage(String role, String content) {
    /** The roles there are. */
    public static final List<String> ROLES = List.of("system", "user", "assistant", "tool");

    public ChatMessage {
        requireNonNull(role, "role");
        requireNonNull(content, "content");
        if (!ROLES.contains(role)) {
            throw new InvalidPromptException(
                    "role must be one of " + String.join(", ", ROLES) + ", not " + Excerpt.quoted(role));
        }
    }
}
