package io.millrace.inference.grammar;

/** A grammar or schema that cannot be kept; the message, one line, says where it is wrong and how. */
public final class GrammarException extends RuntimeException {
    private static final long serialVersionUID = 1;

    GrammarException(String message) {
        super(message);
    }

    GrammarException(String message, Throwable cause) {
        super(message, cause);
    }
}
