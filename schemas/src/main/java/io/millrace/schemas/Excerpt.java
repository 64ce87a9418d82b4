package io.millrace.schemas;

import com.fasterxml.jackson.databind.JsonNode;

/** What was found, short enough for a message, however long it was. */
final class Excerpt {
    static final int MAX_REASON_CHARACTERS = 300;

    private static final int MAX_VALUE_CHARACTERS = 60;

    private Excerpt() {}

    static String of(JsonNode node) {
        if (node.isObject()) {
            return "an object";
        }
        if (node.isArray()) {
            return "an array";
        }
        return node.isTextual() ? quoted(node.textValue()) : shorten(node.asText(), MAX_VALUE_CHARACTERS);
    }

    static String quoted(String text) {
        return '"' + shorten(text, MAX_VALUE_CHARACTERS) + '"';
    }

    static String shorten(String text) {
        return shorten(text, MAX_VALUE_CHARACTERS);
    }

    /** At most {@code maxCharacters} of {@code text} and an ellipsis, with blanks in place of control characters. */
    static String shorten(String text, int maxCharacters) {
        int end = Math.min(text.length(), maxCharacters);
        if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        String start = text.substring(0, end).replaceAll("\\p{Cntrl}", " ");
        return end < text.length() ? start + "..." : start;
    }
}
