package io.millrace.compose.cli;

import java.time.Duration;

/** Something to do when the process is asked to end (Ctrl-C, SIGTERM) before this is closed; the JVM then ends with 130 or 143, unless the action ends it. */
final class OnInterrupt implements AutoCloseable {
    /** How long an action may take: whoever asks a process to end does not wait for long. */
    static final Duration LONGEST = Duration.ofMillis(1_500);

    private final Thread hook;

    OnInterrupt(Runnable action) {
        hook = new Thread(action, "on-interrupt");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the process is ending already, and the action runs
        }
    }
}
