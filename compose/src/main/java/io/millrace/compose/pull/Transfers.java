package io.millrace.compose.pull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The answers that are being read: closes those that bring nothing for too long, and all of them when there is no use in them any more. Safe for any thread. */
final class Transfers implements AutoCloseable {
    /** How often it looks, in parts of the patience. */
    private static final int LOOKS = 4;

    private final Duration patience;
    /** By answer, when it brought something last. */
    private final Map<InputStream, Long> last = new ConcurrentHashMap<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    Transfers(Duration patience) {
        this.patience = patience;
        Thread.ofVirtual().name("stalled-transfers").start(this::watch);
    }

    private void watch() {
        while (!pause(patience.dividedBy(LOOKS))) {
            long now = System.nanoTime();
            last.forEach((body, since) -> {
                if (now - since > patience.toNanos()) {
                    close(body);
                }
            });
        }
        last.keySet().forEach(Transfers::close);
    }

    private static void close(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            throw new UncheckedIOException("an answer cannot be closed", e);
        }
    }

    /** The next bytes of an answer; -1 at its end. */
    int read(InputStream body, byte[] buffer, int most) throws IOException {
        last.put(body, System.nanoTime());
        try {
            if (isStopped()) {
                throw new IOException("given up");
            }
            return body.read(buffer, 0, most);
        } catch (IOException e) {
            boolean stalled = System.nanoTime() - last.getOrDefault(body, 0L) > patience.toNanos();
            throw stalled ? new IOException("nothing came for " + patience.toSeconds() + " s", e) : e;
        } finally {
            last.remove(body);
        }
    }

    boolean isStopped() {
        return stopped.getCount() == 0;
    }

    /** Waits so long, or until there is no use in it; then true. */
    boolean pause(Duration time) {
        try {
            return stopped.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Ends all of them. */
    void stop() {
        stopped.countDown();
        last.keySet().forEach(Transfers::close);
    }

    @Override
    public void close() {
        stop();
    }
}
