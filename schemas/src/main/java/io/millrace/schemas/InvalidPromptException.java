package io.millrace.schemas;

/** A prompt, frame or control record that does not keep the contract. The message names the field and what to do. */
public final class InvalidPromptException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public InvalidPromptException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    public InvalidPromptException(String message) {
        this(ErrorCode.INVALID_PROMPT, message);
    }

    /** What to tell programs. */
    public ErrorCode code() {
        return code;
    }
}
