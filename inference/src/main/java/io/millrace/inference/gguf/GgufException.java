package io.millrace.inference.gguf;

/**
 * A model file that cannot be used. The message is one line that names the file, what was wrong and, where there is one,
 * the remedy.
 */
public final class GgufException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public GgufException(String message) {
        super(oneLine(message));
    }

    public GgufException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    /** Names come from files: what could forge lines or move a terminal's cursor is shown as a question mark. */
    private static String oneLine(String message) {
        return message.replaceAll("\\p{Cntrl}", "?");
    }
}
