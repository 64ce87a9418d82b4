package io.millrace.compose.cli;

/** Whoever read standard output has enough, as {@code head} has after ten lines: no failure, but the end. */
final class OutputClosedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    OutputClosedException() {
        super("standard output is closed");
    }
}
