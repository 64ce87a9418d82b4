package io.millrace.inference.chat.jinja;

/** Builds a text of limited size. */
final class TextBuilder {
    /** Longer than any prompt: 16 Mi UTF-16 units. */
    static final int MAX_LENGTH = 1 << 24;

    private final StringBuilder text = new StringBuilder();

    TextBuilder append(String part) {
        if (part.length() > MAX_LENGTH - text.length()) {
            throw new JinjaException("a text of more than " + MAX_LENGTH + " characters");
        }
        text.append(part);
        return this;
    }

    TextBuilder appendCodePoint(int codePoint) {
        text.appendCodePoint(codePoint);
        return this;
    }

    TextBuilder append(String part, int times) {
        if ((long) part.length() * Math.max(0, times) > MAX_LENGTH - text.length()) {
            throw new JinjaException("a text of more than " + MAX_LENGTH + " characters");
        }
        text.repeat(part, Math.max(0, times));
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
