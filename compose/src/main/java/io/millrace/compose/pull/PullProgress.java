package io.millrace.compose.pull;

/** Learns how far files have come. Safe for any thread. */
public interface PullProgress {
    /** Learns nothing. */
    PullProgress NONE = new PullProgress() {};

    /**
     * A file is begun, or goes on.
     *
     * @param size in bytes; -1 if nobody knows
     * @param bytes that are there already
     */
    default void begins(String file, long size, long bytes) {}

    /** So many bytes more of the file that began last. */
    default void received(long bytes) {}

    /** What the file has is being checked now. */
    default void checks(String file, long size) {}

    /** So many bytes of it were checked. */
    default void checked(long bytes) {}

    /** Something that a person may want to know, in one line. */
    default void says(String line) {}
}
