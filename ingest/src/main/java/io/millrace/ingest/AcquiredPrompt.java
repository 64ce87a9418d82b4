package io.millrace.ingest;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import reactor.core.Disposable;

/**
 * One record that a share group has locked for this worker, until it is acknowledged or the lock expires. As nothing fences a worker whose lock expired,
 * it goes by its own clock: nothing is committed after the time until which the lock was last known to hold.
 */
final class AcquiredPrompt implements Claim {
    private final int deliveries;
    private final Instant since = Instant.now();
    private final Set<Disposable> running = new HashSet<>();
    private long lockedUntilNanos;
    private boolean stopped;
    private boolean finishing;
    private boolean committed;
    private boolean gone;

    /**
     * A record that is locked.
     *
     * @param deliveries how often it was delivered, this time included
     * @param lockedUntilNanos by {@link System#nanoTime}
     */
    AcquiredPrompt(int deliveries, long lockedUntilNanos) {
        this.deliveries = deliveries;
        this.lockedUntilNanos = lockedUntilNanos;
    }

    @Override
    public Instant since() {
        return since;
    }

    @Override
    public boolean isInherited(long offset) {
        return deliveries > 1;
    }

    /** The lock was renewed. */
    synchronized void lockedUntil(long nanos) {
        lockedUntilNanos = nanos;
    }

    synchronized Duration lockLeft() {
        return Duration.ofNanos(lockedUntilNanos - System.nanoTime());
    }

    @Override
    public void running(Disposable prompt) {
        synchronized (this) {
            if (!stopped) {
                running.add(prompt);
                return;
            }
        }
        prompt.dispose();
    }

    @Override
    public synchronized void ended(Disposable prompt) {
        running.remove(prompt);
    }

    @Override
    public synchronized boolean finishing() {
        finishing = !stopped && !isGone();
        return finishing;
    }

    @Override
    public void finish(long offset) {
        // it is acknowledged when it is committed
    }

    @Override
    public synchronized boolean isGone() {
        return gone || System.nanoTime() - lockedUntilNanos >= 0;
    }

    @Override
    public void addProgress(Map<TopicPartition, OffsetAndMetadata> offsets) {
        // the broker keeps the progress of a share group
    }

    @Override
    public synchronized void committed(ReceivedPrompt prompt) {
        committed = true;
        notifyAll();
    }

    /** Returns once the completion is committed; false if that takes longer than {@code timeout}. */
    synchronized boolean awaitCommitted(Duration timeout) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        while (!committed) {
            long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                return false;
            }
            wait(leftMillis);
        }
        return true;
    }

    /** Stops what runs, without a completion; returns whether there is one already, which may still be committed. */
    boolean stop() {
        List<Disposable> toStop;
        boolean finished;
        synchronized (this) {
            stopped = true;
            finished = finishing;
            toStop = List.copyOf(running);
            running.clear();
        }
        toStop.forEach(Disposable::dispose);
        return finished;
    }

    /** From now on nothing may be committed. */
    void drop() {
        stop();
        synchronized (this) {
            gone = true;
        }
    }
}
