package io.millrace.inference.chat.jinja;

/** The text of a template, to say where in it something is wrong. */
record Source(String text) {
    /** An error at an index of the text. */
    JinjaException error(int at, String message) {
        int line = 1;
        int lineStart = 0;
        for (int newline = text.indexOf('\n'); newline >= 0
                && newline < at; newline = text.indexOf('\n', newline + 1)) {
            line++;
            lineStart = newline + 1;
        }
        return new JinjaException(message, line, at - lineStart + 1);
    }

    JinjaException locate(JinjaException error, int at) {
        return error.isLocated() ? error : error(at, error.getMessage());
    }
}
