package io.millrace.compose.chaos;

/**
 * A promise that was broken.
 *
 * @param subject whose: a prompt's id, a partition, a process
 */
record Violation(Kind kind, String subject, String detail) {
    enum Kind {
        MISSING_COMPLETION, DOUBLED_COMPLETION, UNKNOWN_COMPLETION, FAILED_COMPLETION, STREAM_GAP, STREAM_WITHOUT_END,
        STREAM_DIVERGED, TEXT_DIFFERS, CLIENT_GAP, CLIENT_DOUBLED, CLIENT_WITHOUT_END, CLIENT_TEXT_DIFFERS,
        UNCOMMITTED_OFFSET, DEAD_LETTER, CALM_TEXT_DIFFERS, PROCESS_ENDED
    }

    @Override
    public String toString() {
        return kind + " " + subject + ": " + detail;
    }
}
