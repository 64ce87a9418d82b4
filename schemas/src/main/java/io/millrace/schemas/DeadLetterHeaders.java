package io.millrace.schemas;

/** Names of the headers a dead letter carries; every value is UTF-8 text. */
public final class DeadLetterHeaders {
    /** The error's code, as in {@link ErrorDetail#code()}. */
    public static final String ERROR = "millrace-error";
    /** What was wrong and what to do about it, for a person. */
    public static final String REASON = "millrace-reason";
    public static final String TOPIC = "millrace-topic";
    public static final String PARTITION = "millrace-partition";
    public static final String OFFSET = "millrace-offset";

    private DeadLetterHeaders() {}
}
