package io.millrace.inference.chat.jinja;

/**
 * Text that people wrote, recognisable in a rendering whatever the template did to it: cut, trimmed, joined, searched.
 *
 * <p>Each ASCII character is written as an unpaired low surrogate, U+DC00 plus its code, which no well-formed text holds.
 * The interpreter reads such a character as the one it stands for (comparing, searching, stripping) but copies it as it
 * is. Characters beyond ASCII stay themselves.
 */
public final class Untrusted {
    private static final int BASE = 0xDC00;
    private static final int ASCII = 0x80;
    private static final char REPLACEMENT = '\uFFFD';

    private Untrusted() {}

    /** The text, marked; unpaired surrogates in it become U+FFFD. */
    public static String mark(String text) {
        StringBuilder result = new StringBuilder(text.length());
        for (int i = 0; i < text.length();) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                result.append(REPLACEMENT);
            } else {
                result.appendCodePoint(c < ASCII ? BASE + c : c);
            }
        }
        return result.toString();
    }

    /** The text without marks, of the same length. */
    public static String plain(String text) {
        int first = 0;
        while (first < text.length() && !isMarked(text, first)) {
            first++;
        }
        if (first == text.length()) {
            return text;
        }
        StringBuilder result = new StringBuilder(text);
        for (int i = first; i < text.length(); i++) {
            if (isMarked(text, i)) {
                result.setCharAt(i, (char) (text.charAt(i) - BASE));
            }
        }
        return result.toString();
    }

    /** Whether the character at an index is a marked one. */
    public static boolean isMarked(String text, int index) {
        return isMarked(text.charAt(index)) && (index == 0 || !Character.isHighSurrogate(text.charAt(index - 1)));
    }

    static boolean isMarked(int codePoint) {
        return codePoint >= BASE && codePoint < BASE + ASCII;
    }

    /** The character that a code point, marked or not, stands for. */
    static int plain(int codePoint) {
        return isMarked(codePoint) ? codePoint - BASE : codePoint;
    }

    /** What stands in the place of {@code original}: marked, unless that was ASCII and not marked. */
    static int likeOriginal(int replacement, int original) {
        return replacement < ASCII && original >= ASCII ? BASE + replacement : replacement;
    }
}
