package io.millrace.inference.chat.jinja;

/** A template that cannot be parsed or rendered. The message says where in the template, where that is known. */
public final class JinjaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean located;

    /** An error whose place is not known yet. */
    JinjaException(String message) {
        super(message);
        located = false;
    }

    /** An error at a place, counted from 1. */
    JinjaException(String message, int line, int column) {
        super("line " + line + ", column " + column + ": " + message);
        located = true;
    }

    boolean isLocated() {
        return located;
    }
}
