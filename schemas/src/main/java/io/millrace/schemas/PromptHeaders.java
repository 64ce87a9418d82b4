package io.millrace.schemas;

/** Names of the headers a prompt's record may carry; every value is UTF-8 text. */
public final class PromptHeaders {
    /**
     * Which trace the prompt belongs to.
     *
     * @see <a href="https://www.w3.org/TR/trace-context/">Trace Context</a>
     */
    public static final String TRACE_PARENT = "traceparent";

    private PromptHeaders() {}
}
