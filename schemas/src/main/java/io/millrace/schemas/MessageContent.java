package io.millrace.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** What a chat message says: a text, or an array of parts that are texts. */
final class MessageContent {
    private static final String NAME = "content";

    private MessageContent() {}

    /**
     * Reads the content of a message.
     *
     * @param content the field of that name in {@code message}
     */
    static String text(Fields message, JsonNode content) {
        if (content.isTextual()) {
            return content.textValue();
        }
        if (content.isArray()) {
            return parts(message.objects(NAME));
        }
        throw message.wrong(NAME, "a string or an array of parts of type text", content);
    }

    private static String parts(List<Fields> parts) {
        var text = new StringBuilder();
        for (Fields part : parts) {
            if (!part.requiredText("type").equals("text")) {
                throw part.wrong("type", "\"text\"", part.any("type"));
            }
            text.append(part.requiredText("text"));
            part.refuseOthers();
        }
        return text.toString();
    }
}
