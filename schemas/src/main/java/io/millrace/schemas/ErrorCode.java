package io.millrace.schemas;

/** The codes of {@link ErrorDetail} that Millrace itself gives. */
public enum ErrorCode {
    /** Not JSON, not UTF-8, an unknown field, or a value out of range. */
    INVALID_PROMPT("invalid_prompt"),
    /** More bytes than a prompt may have. */
    PROMPT_TOO_LARGE("prompt_too_large"),
    /** The prompt asks for a model that this worker does not serve. */
    UNKNOWN_MODEL("unknown_model"),
    /** The prompt asks for something this version cannot do. */
    NOT_SUPPORTED("not_supported"),
    /** Prompt and requested tokens do not fit the model's context. */
    CONTEXT_LENGTH_EXCEEDED("context_length_exceeded"),
    /** The deadline passed before the prompt was computed. */
    DEADLINE_EXCEEDED("deadline_exceeded"),
    /** Workers died of the prompt, or with it, again and again. */
    GAVE_UP("gave_up"),
    /** Anything else; the worker's log has more under the request's id. */
    INTERNAL("internal_error");

    private final String text;

    ErrorCode(String text) {
        this.text = text;
    }

    /** The code as it stands in JSON. */
    public String text() {
        return text;
    }
}
