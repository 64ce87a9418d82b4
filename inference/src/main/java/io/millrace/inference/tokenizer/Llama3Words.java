package io.millrace.inference.tokenizer;

/**
 * Cuts text into the words that Llama 3's tokenizer merges within. The same as matching
 *
 * <pre>
 * (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
 * </pre>
 *
 * again and again, but in time linear in the text whatever it holds, and on a constant stack. As in llama.cpp,
 * contractions ignore case in ASCII only.
 */
final class Llama3Words {
    private static final int END = -1;

    private Llama3Words() {}

    /**
     * Where the word that begins at {@code start} ends.
     *
     * @param start an index of a whole character
     * @return an index above {@code start}
     */
    static int end(String text, int start) {
        int contraction = contractionEnd(text, start);
        if (contraction > start) {
            return contraction;
        }
        int first = at(text, start);
        int second = start + Character.charCount(first);
        if (Character.isLetter(first)) {
            return lettersEnd(text, second);
        }
        if (isNumber(first)) {
            return numberEnd(text, second);
        }
        if (!isLineBreak(first) && Character.isLetter(at(text, second))) {
            return lettersEnd(text, second);
        }
        int symbols = first == ' ' ? second : start;
        return isSymbol(at(text, symbols)) ? symbolsEnd(text, symbols) : whiteSpaceEnd(text, start);
    }

    private static int contractionEnd(String text, int start) {
        if (at(text, start) != '\'' || start + 1 == text.length()) {
            return start;
        }
        int first = lower(text, start + 1);
        int second = lower(text, start + 2);
        return switch (first) {
            case 's', 't', 'm', 'd' -> start + 2;
            case 'r', 'v' -> second == 'e' ? start + 3 : start;
            case 'l' -> second == 'l' ? start + 3 : start;
            default -> start;
        };
    }

    private static int lettersEnd(String text, int from) {
        int i = from;
        for (int c = at(text, i); Character.isLetter(c); c = at(text, i)) {
            i += Character.charCount(c);
        }
        return i;
    }

    private static int numberEnd(String text, int second) {
        int i = second;
        for (int digits = 1; digits < 3 && isNumber(at(text, i)); digits++) {
            i += Character.charCount(at(text, i));
        }
        return i;
    }

    private static int symbolsEnd(String text, int from) {
        int i = from;
        for (int c = at(text, i); isSymbol(c); c = at(text, i)) {
            i += Character.charCount(c);
        }
        while (isLineBreak(at(text, i))) {
            i++;
        }
        return i;
    }

    /** White space up to its last line break; without one all of it, but for one character that goes to the next word. */
    private static int whiteSpaceEnd(String text, int start) {
        int i = start;
        int lineBreaks = start;
        for (int c = at(text, i); isWhiteSpace(c); c = at(text, i)) {
            i++;
            if (isLineBreak(c)) {
                lineBreaks = i;
            }
        }
        if (lineBreaks > start) {
            return lineBreaks;
        }
        return i == text.length() || i == start + 1 ? i : i - 1;
    }

    private static int at(String text, int index) {
        return index < text.length() ? text.codePointAt(index) : END;
    }

    private static int lower(String text, int index) {
        int c = at(text, index);
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    }

    private static boolean isSymbol(int c) {
        return c != END && !isWhiteSpace(c) && !Character.isLetter(c) && !isNumber(c);
    }

    private static boolean isLineBreak(int c) {
        return c == '\r' || c == '\n';
    }

    private static boolean isNumber(int c) {
        if (c == END) {
            return false;
        }
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    /** Unicode's White_Space, all of it in the Basic Multilingual Plane. */
    private static boolean isWhiteSpace(int c) {
        return c >= '\t' && c <= '\r' || c == 0x85 || c != END && Character.isSpaceChar(c);
    }
}
