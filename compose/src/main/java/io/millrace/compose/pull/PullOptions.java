package io.millrace.compose.pull;

import java.time.Duration;

/**
 * How files are fetched.
 *
 * @param connections at a time, to one server
 * @param pieceBytes that one connection fetches before it asks for more
 * @param tries in a row that bring nothing, before it is given up
 * @param pause after the first of them; twice as long after each one more
 * @param patience with a connection that brings nothing
 */
public record PullOptions(int connections, long pieceBytes, int tries, Duration pause, Duration patience) {
    /** Large pieces: each begins with another request, and a redirect of it. */
    public static final PullOptions DEFAULT = new PullOptions(4, 64L << 20, 6, Duration.ofSeconds(1),
            Duration.ofSeconds(
                    30));
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final int MOST_DOUBLINGS = 6;

    /** The same with so many connections. */
    public PullOptions withConnections(int number) {
        return new PullOptions(number, pieceBytes, tries, pause, patience);
    }

    /**
     * How long to wait after so many failures in a row.
     *
     * @param asked what the server asks for
     */
    Duration pauseAfter(int failures, Duration asked) {
        Duration ours = pause.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
        Duration longer = ours.compareTo(asked) > 0 ? ours : asked;
        return longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
    }
}
