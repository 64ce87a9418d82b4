package io.millrace.inference.chat.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Python's operations on texts. They look at what marked characters stand for, and keep the marks. */
final class Texts {
    private static final long MAX_SEARCH = 20_000_000_000L;

    private Texts() {}

    /** Strips at the sides asked for; {@code characters} null means white space. */
    static String strip(String text, Object characters, boolean left, boolean right) {
        String plain = Untrusted.plain(text);
        String stripped = characters == null ? null : Untrusted.plain(Values.requireText(characters));
        int start = 0;
        int end = plain.length();
        while (left && start < end && isStripped(plain.codePointAt(start), stripped)) {
            start += Character.charCount(plain.codePointAt(start));
        }
        while (right && end > start && isStripped(plain.codePointBefore(end), stripped)) {
            end -= Character.charCount(plain.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    private static boolean isStripped(int c, String characters) {
        return characters == null ? isSpace(c) : characters.indexOf(c) >= 0;
    }

    static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    static List<Object> split(String text, Object separator, int most) {
        int limit = most < 0 ? Integer.MAX_VALUE : most;
        return separator == null ? words(text, limit) : split(text, Values.requireText(separator), limit);
    }

    private static List<Object> split(String text, String separator, int limit) {
        if (separator.isEmpty()) {
            throw new JinjaException("cannot split at an empty text");
        }
        String plain = Untrusted.plain(text);
        String wanted = Untrusted.plain(separator);
        List<Object> parts = new ArrayList<>();
        int start = 0;
        for (int at = indexOf(plain, wanted, 0); at >= 0 && parts.size() < limit; at = indexOf(plain, wanted, start)) {
            Values.requireItems(parts.size() + 2L);
            parts.add(text.substring(start, at));
            start = at + wanted.length();
        }
        parts.add(text.substring(start));
        return Collections.unmodifiableList(parts);
    }

    private static List<Object> words(String text, int limit) {
        String plain = Untrusted.plain(text);
        List<Object> words = new ArrayList<>();
        int i = 0;
        while (i < plain.length()) {
            if (isSpace(plain.charAt(i))) {
                i++;
            } else if (words.size() == limit) {
                words.add(strip(text.substring(i), null, false, true));
                break;
            } else {
                Values.requireItems(words.size() + 1L);
                int start = i;
                while (i < plain.length() && !isSpace(plain.charAt(i))) {
                    i++;
                }
                words.add(text.substring(start, i));
            }
        }
        return Collections.unmodifiableList(words);
    }

    /** Splits from the right, at a separator. */
    static List<Object> splitFromRight(String text, String separator, int most) {
        if (most < 0) {
            return split(text, separator, most);
        }
        List<Object> parts = new ArrayList<>();
        String plain = Untrusted.plain(text);
        String wanted = Untrusted.plain(separator);
        if (wanted.isEmpty()) {
            throw new JinjaException("cannot split at an empty text");
        }
        int end = text.length();
        for (int at = lastIndexOf(plain, wanted, plain.length()); at >= 0
                && parts.size() < most; at = lastIndexOf(plain, wanted,
                        end - wanted.length())) {
            Values.requireItems(parts.size() + 2L);
            parts.add(text.substring(at + wanted.length(), end));
            end = at;
            if (end < wanted.length()) {
                break;
            }
        }
        parts.add(text.substring(0, end));
        return Collections.unmodifiableList(parts.reversed());
    }

    static String replace(String text, String old, String replacement, int most) {
        String plain = Untrusted.plain(text);
        String wanted = Untrusted.plain(old);
        TextBuilder result = new TextBuilder();
        int start = 0;
        int replaced = 0;
        for (int at = indexOf(plain, wanted, 0); at >= 0 && (most < 0 || replaced < most); replaced++) {
            result.append(text.substring(start, at)).append(replacement);
            start = at + wanted.length();
            // between every two characters, if nothing is to be replaced
            int next = wanted.isEmpty() ? at + 1 : start;
            at = next > plain.length() ? -1 : indexOf(plain, wanted, next);
        }
        return result.append(text.substring(start)).toString();
    }

    static int indexOf(String text, String wanted, int from) {
        requireSearchable(text, wanted);
        return text.indexOf(wanted, from);
    }

    static int lastIndexOf(String text, String wanted, int from) {
        requireSearchable(text, wanted);
        return text.lastIndexOf(wanted, from);
    }

    /** Java's search takes, at worst, a time that is the product of the lengths. */
    private static void requireSearchable(String text, String wanted) {
        if ((long) text.length() * wanted.length() > MAX_SEARCH) {
            throw new JinjaException("a text of " + text.length() + " characters is too long to be searched for one of "
                    + wanted.length());
        }
    }

    static String upper(String text) {
        return map(text, Character::toUpperCase);
    }

    static String lower(String text) {
        return map(text, Character::toLowerCase);
    }

    static String capitalize(String text) {
        int first = text.isEmpty() ? 0 : text.offsetByCodePoints(0, 1);
        return upper(text.substring(0, first)) + lower(text.substring(first));
    }

    static String title(String text) {
        StringBuilder result = new StringBuilder();
        boolean inWord = false;
        for (int c : text.codePoints().toArray()) {
            int meant = Untrusted.plain(c);
            int cased = inWord ? Character.toLowerCase(meant) : Character.toUpperCase(meant);
            result.appendCodePoint(Untrusted.likeOriginal(cased, c));
            inWord = Character.isLetter(meant);
        }
        return result.toString();
    }

    private static String map(String text, IntUnaryOperator mapping) {
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints().forEach(
                c -> result.appendCodePoint(Untrusted.likeOriginal(mapping.applyAsInt(Untrusted.plain(c)), c)));
        return result.toString();
    }

    static String join(List<Object> items, String separator) {
        TextBuilder result = new TextBuilder();
        String before = "";
        for (Object item : items) {
            result.append(before).append(Printer.text(item));
            before = separator;
        }
        return result.toString();
    }

    static String indent(String text, String unit, boolean first, boolean blank) {
        TextBuilder result = new TextBuilder();
        int line = 0;
        for (Object part : split(text, "\n", Integer.MAX_VALUE)) {
            boolean indented = line == 0 ? first : blank || !((String) part).isEmpty();
            result.append(line++ == 0 ? "" : "\n").append(indented ? unit : "").append((String) part);
        }
        return result.toString();
    }

    /** The characters at some indices. */
    static String pick(String text, List<Integer> indices) {
        int[] characters = text.codePoints().toArray();
        StringBuilder result = new StringBuilder();
        indices.forEach(i -> result.appendCodePoint(characters[i]));
        return result.toString();
    }

    /** The characters from one index up to another. */
    static String range(String text, int from, int to) {
        int start = text.offsetByCodePoints(0, from);
        return from >= to ? "" : text.substring(start, text.offsetByCodePoints(start, to - from));
    }
}
