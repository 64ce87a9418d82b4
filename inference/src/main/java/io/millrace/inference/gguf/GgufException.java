package io.millrace.inference.gguf;

/** A model file that cannot be used. The message names the file, what was wrong and, where there is one, the remedy. */
public final class GgufException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public GgufException(String message) {
        super(message);
    }

    public GgufException(String message, Throwable cause) {
        super(message, cause);
    }
}
