package io.millrace.ingest;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * One record that a share group has locked for this worker, until it is acknowledged or the lock expires. As nothing fences a worker whose lock expired,
 * it goes by its own clock: nothing is committed after the time until which the lock was last known to hold.
 */
final class AcquiredPrompt implements Claim {
    private final int deliveries;
    private final Instant since = Instant.now();
    private final Disposable.Composite running = Disposables.composite();
    private final CountDownLatch committed = new CountDownLatch(1);
    private long lockedUntilNanos;
    private boolean stopped;
    private boolean finishing;
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
        running.add(prompt);
    }

    @Override
    public void ended(Disposable prompt) {
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
    public void committed(ReceivedPrompt prompt) {
        committed.countDown();
    }

    /** Returns once the completion is committed; false if that takes longer than {@code timeout}. */
    boolean awaitCommitted(Duration timeout) throws InterruptedException {
        return committed.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Stops what runs, without a completion; returns whether there is one already, which may still be committed. */
    boolean stop() {
        boolean finished;
        synchronized (this) {
            stopped = true;
            finished = finishing;
        }
        running.dispose();
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
