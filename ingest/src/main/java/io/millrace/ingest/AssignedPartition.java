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
import reactor.core.Disposables;

/**
 * One partition of prompts, from its assignment to this worker until it is taken away. A partition that comes back is a new
 * object, so whatever still refers to the old one can tell. Safe for any thread.
 */
final class AssignedPartition implements Claim {
    private enum State {
        /** Prompts may begin and finish. */
        OURS,
        /** What is finished may still be committed, but nothing more may finish. */
        STOPPING,
        /** Another worker's: nothing may be written for it. */
        GONE
    }

    private final TopicPartition id;
    private final OffsetTracker tracker;
    private final long inheritedEnd;
    private final Instant assignedAt = Instant.now();
    private final Disposable.Composite running = Disposables.composite();
    private State state = State.OURS;
    private final Set<ReceivedPrompt> inHand = new HashSet<>();
    private long bytesInHand;
    private int finished;

    /**
     * A partition that is ours from now on.
     *
     * @param inheritedEnd the partition's end at its assignment: who had it before may have begun what lies before that
     */
    AssignedPartition(TopicPartition id, OffsetTracker tracker, long inheritedEnd) {
        this.id = id;
        this.tracker = tracker;
        this.inheritedEnd = inheritedEnd;
    }

    TopicPartition id() {
        return id;
    }

    @Override
    public Instant since() {
        return assignedAt;
    }

    @Override
    public boolean isInherited(long offset) {
        return offset < inheritedEnd;
    }

    /** Takes a record in, to be admitted later; false if it is done already. */
    synchronized boolean begin(long offset) {
        return tracker.begin(offset);
    }

    /** A prompt that was taken in is in hand until it is {@link #committed}. */
    synchronized void admitted(ReceivedPrompt prompt) {
        inHand.add(prompt);
        bytesInHand += prompt.bytes();
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
        if (state != State.OURS) {
            return false;
        }
        finished++;
        return true;
    }

    @Override
    public synchronized void finish(long offset) {
        tracker.finish(offset);
    }

    @Override
    public synchronized void addProgress(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.computeIfAbsent(id, _ -> new OffsetAndMetadata(tracker.committable(), tracker.metadata()));
    }

    @Override
    public synchronized void committed(ReceivedPrompt prompt) {
        finished--;
        inHand.remove(prompt);
        bytesInHand -= prompt.bytes();
        notifyAll();
    }

    /** Prompts admitted and not yet committed. */
    synchronized List<ReceivedPrompt> inHand() {
        return List.copyOf(inHand);
    }

    /** How many those are. */
    synchronized int countInHand() {
        return inHand.size();
    }

    /** The size of their records. */
    synchronized long bytesInHand() {
        return bytesInHand;
    }

    synchronized boolean hasRoom() {
        return tracker.hasRoom();
    }

    @Override
    public synchronized boolean isGone() {
        return state == State.GONE;
    }

    /** Stops what runs, without a completion; what is finished may still be committed. */
    void stop() {
        synchronized (this) {
            if (state == State.OURS) {
                state = State.STOPPING;
            }
        }
        running.dispose();
    }

    /** Returns once everything finished is committed; false if that takes longer than {@code timeout}. */
    synchronized boolean awaitCommitted(Duration timeout) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        while (finished > 0) {
            long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                return false;
            }
            wait(leftMillis);
        }
        return true;
    }

    /** From now on the partition is another worker's. */
    void drop() {
        stop();
        synchronized (this) {
            state = State.GONE;
        }
    }
}
