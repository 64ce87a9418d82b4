package io.millrace.ingest;

import io.millrace.schemas.PromptCodec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls prompts into a {@link WaitingRoom} for as long as there is room for them, and admits from there while fewer than {@code maxInFlight} are in hand.
 * Polling never stops, as it is what keeps partitions ours: those that have their share of the room are paused instead. So a partition that was fetched
 * in one piece does not come before the others. A poll brings at most one record, so all bounds are kept exactly.
 *
 * <p>Runs on a thread of its own, to which the consumer and everything here belong; only {@link #drain} and {@link #abandon} are for others.
 */
final class Intake implements PromptIntake, ConsumerRebalanceListener {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    private static final Duration POLL = Duration.ofMillis(100);
    /** While prompts wait: how soon a free place is noticed. */
    private static final Duration WAITING_POLL = Duration.ofMillis(10);
    /** Prompts are kept as received until they are committed, and hostile ones are large. */
    private static final long MAX_BYTES_IN_HAND = 64L << 20;
    /** How long a partition that is taken away is held back for its last commit. */
    private static final Duration LAST_COMMIT_TIMEOUT = Duration.ofSeconds(10);

    private final Consumer<byte[], byte[]> consumer;
    private final IngestOptions options;
    private final Admission admission;
    private final CommitLoop commits;
    private final PromptCodec codec;
    private final WaitingRoom waiting = new WaitingRoom(InstantSource.system());
    private final Map<TopicPartition, AssignedPartition> assigned = new HashMap<>();
    /** As the consumer has it. */
    private final Set<TopicPartition> paused = new HashSet<>();
    /** In the room, for others to see. */
    private volatile int waitingCount;
    private volatile boolean draining;
    private volatile boolean abandoned;

    Intake(Consumer<byte[], byte[]> consumer, IngestOptions options, Admission admission, CommitLoop commits) {
        this.consumer = consumer;
        this.options = options;
        this.admission = admission;
        this.commits = commits;
        this.codec = new PromptCodec(options.maxPromptBytes());
    }

    @Override
    public void drain() {
        draining = true;
    }

    @Override
    public void abandon() {
        abandoned = true;
        draining = true;
    }

    @Override
    public void run() {
        try (consumer) {
            consumer.subscribe(Set.of(options.topics().prompts()), this);
            while (!draining) {
                poll();
            }
            long deadlineNanos = System.nanoTime() + options.drainTimeout().toNanos();
            while (!abandoned && inHand() > 0 && System.nanoTime() < deadlineNanos) {
                poll();
            }
            // closing takes the partitions away, which stops what still runs and commits what is finished
        } finally {
            assigned.values().forEach(AssignedPartition::drop);
        }
    }

    private void poll() {
        pauseAndResume();
        try {
            boolean placesAwaited = !waiting.isEmpty() || draining;
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(placesAwaited ? WAITING_POLL : POLL)) {
                var partition = assigned.get(partitionOf(record));
                if (partition.begin(record.offset())) {
                    waiting.add(ReceivedPrompt.of(record, partition, codec));
                }
            }
            commits.membership(consumer.groupMetadata());
        } catch (RetriableException e) {
            LOG.warn("prompts cannot be read at the moment: {}", e.toString());
        }
        admitWaiting();
        waitingCount = waiting.size();
    }

    @Override
    public int waiting() {
        return waitingCount;
    }

    private void admitWaiting() {
        if (waiting.isEmpty() || !hasPlace()) {
            return;
        }
        var inHand = new InHand();
        assigned.values().forEach(partition -> partition.inHand().forEach(inHand::add));
        while (hasPlace() && !waiting.isEmpty()) {
            ReceivedPrompt next = waiting.next(inHand);
            assigned.get(partitionOf(next.record())).admitted(next);
            inHand.add(next);
            admission.admit(next);
        }
    }

    private static TopicPartition partitionOf(ConsumerRecord<?, ?> record) {
        return new TopicPartition(record.topic(), record.partition());
    }

    private boolean hasPlace() {
        return !draining && inHand() < options.maxInFlight()
                && assigned.values().stream().mapToLong(AssignedPartition::bytesInHand).sum() < MAX_BYTES_IN_HAND;
    }

    private int inHand() {
        return assigned.values().stream().mapToInt(AssignedPartition::countInHand).sum();
    }

    private void pauseAndResume() {
        Set<TopicPartition> pause = new HashSet<>();
        assigned.forEach((id, partition) -> {
            if (draining || !partition.hasRoom() || !waiting.hasPlaceFor(partition)) {
                pause.add(id);
            }
        });
        Set<TopicPartition> resume = new HashSet<>(paused);
        resume.removeAll(pause);
        // the consumer's thread waits for its answer to each of these: only what changes is said
        if (!resume.isEmpty()) {
            consumer.resume(resume);
            paused.removeAll(resume);
        }
        pause.removeAll(paused);
        if (!pause.isEmpty()) {
            consumer.pause(pause);
            paused.addAll(pause);
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        LOG.debug("assigned {}", partitions);
        Map<TopicPartition, OffsetAndMetadata> committed = ask("the progress of " + partitions,
                () -> consumer.committed(Set.copyOf(partitions)));
        Map<TopicPartition, Long> ends = ask("the end of " + partitions, () -> consumer.endOffsets(partitions));
        for (TopicPartition id : partitions) {
            assigned.put(id, new AssignedPartition(id, tracker(id, committed.get(id)), ends.get(id)));
        }
    }

    /** Waits for the brokers, and for open transactions of the last owner to end, as the consumer reads committed data only. */
    private <T> T ask(String what, Supplier<T> question) {
        while (true) {
            try {
                return question.get();
            } catch (TimeoutException e) {
                if (draining) {
                    throw e;
                }
                LOG.warn("{} cannot be read at the moment: {}", what, e.toString());
            }
        }
    }

    private OffsetTracker tracker(TopicPartition id, OffsetAndMetadata committed) {
        if (committed == null) {
            return new OffsetTracker(0, "", options.maxMetadataCharacters());
        }
        try {
            return new OffsetTracker(committed.offset(), committed.metadata(), options.maxMetadataCharacters());
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("the committed offset of " + id + " in group " + options.group()
                    + " has metadata that Millrace did not write (" + e.getMessage()
                    + "): use another group, or reset the group's offsets", e);
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        LOG.debug("giving up {}", partitions);
        commits.membership(consumer.groupMetadata());
        var revoked = takeAway(partitions);
        revoked.forEach(AssignedPartition::stop);
        long deadlineNanos = System.nanoTime() + (abandoned ? 0 : LAST_COMMIT_TIMEOUT.toNanos());
        try {
            for (var partition : revoked) {
                if (!partition.awaitCommitted(Duration.ofNanos(deadlineNanos - System.nanoTime()))) {
                    LOG.warn("{} goes without its last commit; its next owner does that work again", partition.id());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            revoked.forEach(AssignedPartition::drop);
        }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        LOG.warn("lost {}: this worker was away for too long, others do its work again", partitions);
        takeAway(partitions).forEach(AssignedPartition::drop);
    }

    private List<AssignedPartition> takeAway(Collection<TopicPartition> partitions) {
        paused.removeAll(partitions);
        var gone = partitions.stream().map(assigned::remove).filter(Objects::nonNull).toList();
        gone.forEach(waiting::forget);
        return gone;
    }
}
