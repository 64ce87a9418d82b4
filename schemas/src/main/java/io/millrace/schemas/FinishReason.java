package io.millrace.schemas;

import java.util.Locale;

/** Why a generation ended; in JSON the name in lower case. */
public enum FinishReason {
    /** The model ended its turn, or a stop string was met. */
    STOP,
    /** The model called tools, and waits for their results. */
    TOOL_CALLS,
    /** {@code max_tokens} or the end of the context was reached. */
    LENGTH,
    /** Somebody cancelled it. */
    CANCELLED,
    /** It failed; the completion's error says why. */
    ERROR;

    /** The reason as it stands in JSON. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
