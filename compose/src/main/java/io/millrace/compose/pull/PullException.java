package io.millrace.compose.pull;

/** Why a model cannot be fetched. The message is one line: what was found, and what to do. */
public final class PullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PullException(String message) {
        super(message);
    }

    PullException(String message, Throwable cause) {
        super(message, cause);
    }
}
