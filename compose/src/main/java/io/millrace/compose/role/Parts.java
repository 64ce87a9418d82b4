package io.millrace.compose.role;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a process runs, in the order in which it was started. Closed in the reverse order, once, whoever asks first: each
 * part may rely on those before it until it is closed itself. Safe for any thread.
 */
public final class Parts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Parts.class);

    /** How to close a part. */
    @FunctionalInterface
    public interface Closing<T> {
        void close(T part) throws Exception;
    }

    private record Part(String name, AutoCloseable closeable) {}

    private final Deque<Part> started = new ArrayDeque<>();
    private boolean closed;

    /**
     * Takes charge of a part that runs. When the others are closed already, it is closed at once.
     *
     * @param name for the log, should closing it fail
     */
    public <T extends AutoCloseable> T add(String name, T part) {
        return add(name, part, AutoCloseable::close);
    }

    /** As {@link #add(String, AutoCloseable)}, for what is closed in its own way. */
    public synchronized <T> T add(String name, T part, Closing<? super T> closing) {
        started.push(new Part(name, () -> closing.close(part)));
        if (closed) {
            closeStarted();
        }
        return part;
    }

    /** Closes all, the latest first; returns when all are closed. One that fails to close does not keep the others open. */
    @Override
    public synchronized void close() {
        closed = true;
        closeStarted();
    }

    private void closeStarted() {
        while (!started.isEmpty()) {
            var part = started.pop();
            try {
                part.closeable.close();
            } catch (Exception e) {
                log.warn("{} did not close cleanly", part.name, e);
            }
        }
    }
}
