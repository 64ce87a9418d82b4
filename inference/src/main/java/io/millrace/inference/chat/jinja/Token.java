package io.millrace.inference.chat.jinja;

/**
 * A word of a template.
 *
 * @param text what it says: of a string, the characters between the quotes, escapes resolved
 * @param at where it begins
 */
record Token(Kind kind, String text, int at) {
    enum Kind {
        TEXT, OUTPUT_BEGIN, OUTPUT_END, BLOCK_BEGIN, BLOCK_END, NAME, INTEGER, FLOAT, STRING, OPERATOR, END
    }

    boolean is(Kind wanted, String wantedText) {
        return kind == wanted && text.equals(wantedText);
    }

    /** For messages. */
    String describe() {
        return kind == Kind.END ? "the end of the template" : "\"" + text + "\"";
    }
}
