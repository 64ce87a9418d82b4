package io.millrace.schemas;

import java.util.Optional;

/** A prompt, frame or control record that does not keep the contract. The message names the field and what to do. */
public final class InvalidPromptException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String field;

    /**
     * A refusal for what one field holds.
     *
     * @param field the path to it, such as {@code messages[0].role}; null if it is not for one field
     */
    public InvalidPromptException(ErrorCode code, String field, String message) {
        super(message);
        this.code = code;
        this.field = field;
    }

    public InvalidPromptException(ErrorCode code, String message) {
        this(code, null, message);
    }

    public InvalidPromptException(String message) {
        this(ErrorCode.INVALID_PROMPT, message);
    }

    /** What to tell programs. */
    public ErrorCode code() {
        return code;
    }

    /** Which field is wrong, if it is one. */
    public Optional<String> field() {
        return Optional.ofNullable(field);
    }
}
