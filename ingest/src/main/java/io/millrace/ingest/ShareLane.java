package io.millrace.ingest;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer of the share group, and one prompt at a time: a share consumer fetches nothing new while it holds a record that is not acknowledged for
 * good. The lock is renewed for as long as the prompt runs.
 *
 * <p>Runs on a thread of its own.
 */
final class ShareLane implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ShareLane.class);
    private static final Duration POLL = Duration.ofMillis(100);
    /** What part of a lock's time may pass before it is renewed. */
    private static final int RENEWALS_PER_LOCK = 3;
    private static final Duration LAST_COMMIT_TIMEOUT = Duration.ofSeconds(10);

    private final ShareConsumer<byte[], byte[]> consumer;
    private final String topic;
    private final ShareIntake intake;

    ShareLane(ShareConsumer<byte[], byte[]> consumer, String topic, ShareIntake intake) {
        this.consumer = consumer;
        this.topic = topic;
        this.intake = intake;
    }

    @Override
    public void run() {
        // closing gives back whatever was fetched and not seen
        try (consumer) {
            consumer.subscribe(Set.of(topic));
            while (!intake.isDraining()) {
                long polledNanos = System.nanoTime();
                for (ConsumerRecord<byte[], byte[]> record : poll()) {
                    hold(record, new AcquiredPrompt(record.deliveryCount().orElse((short) 1),
                            polledNanos + lockTime().toNanos()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        try {
            return consumer.poll(POLL);
        } catch (RetriableException e) {
            LOG.warn("prompts cannot be read at the moment: {}", e.toString());
            return ConsumerRecords.empty();
        }
    }

    private void hold(ConsumerRecord<byte[], byte[]> record, AcquiredPrompt acquired) throws InterruptedException {
        intake.admit(record, acquired);
        while (!acquired.awaitCommitted(POLL)) {
            if (intake.isTimeUp()) {
                giveUp(record, acquired);
                return;
            }
            if (acquired.lockLeft().compareTo(renewAt()) < 0 && !renew(record, acquired)) {
                acquired.drop();
                return;
            }
        }
        acknowledge(record, acquired, AcknowledgeType.ACCEPT);
    }

    private void giveUp(ConsumerRecord<byte[], byte[]> record, AcquiredPrompt acquired) throws InterruptedException {
        boolean isFinished = acquired.stop();
        if (isFinished && !intake.isAbandoned() && acquired.awaitCommitted(LAST_COMMIT_TIMEOUT)) {
            acknowledge(record, acquired, AcknowledgeType.ACCEPT);
        } else {
            acquired.drop();
            acknowledge(record, acquired, AcknowledgeType.RELEASE);
        }
    }

    /** Returns false if it is another worker's by now, or will be. */
    private boolean renew(ConsumerRecord<byte[], byte[]> record, AcquiredPrompt acquired) {
        long askedNanos = System.nanoTime();
        if (!acknowledge(record, acquired, AcknowledgeType.RENEW)) {
            return false;
        }
        // it comes back from the next poll, and only then can it be acknowledged again: the same delivery, not another
        while (!acquired.isGone()) {
            for (ConsumerRecord<byte[], byte[]> renewed : poll()) {
                if (renewed.offset() == record.offset() && renewed.partition() == record.partition()
                        && renewed.deliveryCount().equals(record.deliveryCount())) {
                    acquired.lockedUntil(askedNanos + lockTime().toNanos());
                    return true;
                }
                // the renewal came too late after all
                consumer.acknowledge(renewed, AcknowledgeType.RELEASE);
                return false;
            }
        }
        return false;
    }

    /** Returns whether the broker says that the lock still held. */
    private boolean acknowledge(ConsumerRecord<byte[], byte[]> record, AcquiredPrompt acquired, AcknowledgeType type) {
        Optional<KafkaException> failure;
        try {
            consumer.acknowledge(record, type);
            Duration left = acquired.lockLeft();
            failure = consumer.commitSync(left.isPositive() ? left : Duration.ZERO).values().stream()
                    .flatMap(Optional::stream).findAny();
        } catch (RetriableException e) {
            failure = Optional.of(e);
        }
        failure.ifPresent(e -> LOG.warn("the lock of {}-{} at offset {} did not hold ({}): it is delivered again",
                record.topic(), record.partition(), record.offset(), e.toString()));
        return failure.isEmpty();
    }

    private Duration lockTime() {
        return consumer.acquisitionLockTimeoutMs().map(Duration::ofMillis).orElse(Duration.ZERO);
    }

    private Duration renewAt() {
        return lockTime().multipliedBy(RENEWALS_PER_LOCK - 1).dividedBy(RENEWALS_PER_LOCK);
    }
}
