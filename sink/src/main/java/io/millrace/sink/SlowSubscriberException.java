package io.millrace.sink;

/** A subscriber fell further behind its stream than is kept for it. It may subscribe again from {@link #resumeFrom}. */
public final class SlowSubscriberException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String id;
    private final int resumeFrom;

    SlowSubscriberException(String id, int resumeFrom) {
        super("the reader of stream " + id + " is too slow; subscribe again from " + resumeFrom);
        this.id = id;
        this.resumeFrom = resumeFrom;
    }

    /** The stream's id. */
    public String id() {
        return id;
    }

    /** The first {@code seq} that was not delivered. */
    public int resumeFrom() {
        return resumeFrom;
    }
}
