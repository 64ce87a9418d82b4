package io.millrace.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * Refuses JSON that other readers would understand differently or not at all, after I-JSON (RFC 7493): halves of
 * surrogate pairs, and numbers no double can hold, such as {@code 1e999999999}.
 */
final class Interchange {
    private Interchange() {}

    /** Recursion is bounded by {@link Json#MAX_NESTING}. */
    static void check(JsonNode node) {
        if (node.isTextual()) {
            check(node.textValue());
        } else if (node.isNumber() && Double.isInfinite(node.doubleValue())) {
            throw new InvalidPromptException("the number " + Excerpt.of(node)
                    + " is too large; numbers may be up to 1.79e308");
        } else if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                check(field.getKey());
                check(field.getValue());
            }
        } else {
            node.forEach(Interchange::check);
        }
    }

    static void check(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            throw new InvalidPromptException("a string contains \\u%04x, half a surrogate pair, which is no character"
                    .formatted((int) c));
        }
    }
}
