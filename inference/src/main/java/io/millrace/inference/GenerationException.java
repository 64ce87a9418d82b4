package io.millrace.inference;

/** A generation that could not be run or finished; other generations of the same engine are not affected. */
public final class GenerationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the caller may do about it. */
    public enum Kind {
        /** The prompt alone does not fit the context: shorten it, or run the engine with a larger context. */
        PROMPT_TOO_LONG,
        /** A token id that the vocabulary does not have. */
        INVALID_TOKEN,
        /** The request's grammar cannot be followed any further. */
        GRAMMAR,
        /** The request's deadline passed before it was begun. */
        DEADLINE_PASSED,
        /** The engine was closed. */
        ENGINE_CLOSED,
        /** A fault of the engine. */
        INTERNAL
    }

    private final Kind kind;

    public GenerationException(Kind kind, String message) {
        this(kind, message, null);
    }

    public GenerationException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
