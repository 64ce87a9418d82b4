package io.millrace.schemas;

/** Names of the headers of records on the topic {@link Topics#tokens}; every value is UTF-8 text. */
public final class TokenHeaders {
    /**
     * The prompt's record, {@code <partition>-<offset>} on {@link Topics#prompts}. Ids may be used again: this tells whose stream an event
     * belongs to. Readers of streams need not look at it; workers that take a prompt over do.
     */
    public static final String PROMPT = "millrace-prompt";

    /**
     * On an attempt's first event: the worker that began it, by the transactional id that it has from its start to its end. So what is said of a prompt that
     * killed its worker can say where to look.
     */
    public static final String WORKER = "millrace-worker";

    private TokenHeaders() {}
}
