package io.millrace.inference.tokenizer;

/** Strings of whole characters: what UTF-8 can express. */
final class WellFormed {
    private static final char REPLACEMENT = '\uFFFD';

    private WellFormed() {}

    /** The text with U+FFFD in place of each unpaired surrogate; of the same length. */
    static String of(String text) {
        int first = unpaired(text, 0);
        if (first == text.length()) {
            return text;
        }
        StringBuilder result = new StringBuilder(text);
        for (int i = first; i < text.length(); i = unpaired(text, i + 1)) {
            result.setCharAt(i, REPLACEMENT);
        }
        return result.toString();
    }

    private static int unpaired(String text, int from) {
        int i = from;
        while (i < text.length()) {
            int codePoint = text.codePointAt(i);
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                return i;
            }
            i += Character.charCount(codePoint);
        }
        return i;
    }
}
