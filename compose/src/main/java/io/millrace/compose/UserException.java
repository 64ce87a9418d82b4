package io.millrace.compose;

/**
 * Something the person at the command line can put right. The message is one line: what was found, and what to do.
 */
public final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UserException(String message) {
        super(message);
    }

    public UserException(String message, Throwable cause) {
        super(message, cause);
    }
}
