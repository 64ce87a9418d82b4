package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

/**
 * One message of a conversation, in OpenAI's form reduced to text.
 *
 * @param role {@code system}, {@code user}, {@code assistant} or {@code tool}
 * @param content the text; parts of type {@code text} are joined while decoding
 */
public record ChatMessage(String role, String content) {
    public ChatMessage {
        requireNonNull(role, "role");
        requireNonNull(content, "content");
    }
}
