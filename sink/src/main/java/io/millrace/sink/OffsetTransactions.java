package io.millrace.sink;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records and consumed offsets in one transaction, with a definite answer. Belongs to one thread.
 *
 * <pre>
 *   READY --commit--> committed: true                                          --> READY
 *     |-- failed before the commit was sent, and abort works: false            --> READY
 *     `-- outcome unknown, or producer broken --> close it; the next producer of the same id waits until the
 *           broker has settled what is open; the group's offsets then tell: true or false --> READY
 * </pre>
 *
 * The offsets can tell because no two commits of a partition are the same: each finishes something. Without offsets the answer is false
 * whenever it is unknown, and what is tried again may be there twice.
 */
final class OffsetTransactions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetTransactions.class);
    /** The open transaction of a worker that died holds readers of completions up for so long. */
    private static final int TRANSACTION_TIMEOUT_MILLIS = 10_000;
    private static final int MAX_BLOCK_MILLIS = 15_000;
    /** A dead letter carries a prompt of any size that the topic takes. */
    private static final int MAX_REQUEST_BYTES = 32 << 20;
    private static final int RETRY_BACKOFF_MILLIS = 5;
    private static final int SETTLE_RETRY_MILLIS = 250;

    private final Map<String, Object> clientSettings;
    private final Map<String, Object> producerSettings;
    private KafkaProducer<byte[], byte[]> producer;

    OffsetTransactions(Map<String, Object> clientSettings, String transactionalId) {
        this.clientSettings = Map.copyOf(clientSettings);
        producerSettings = new HashMap<>(clientSettings);
        producerSettings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        producerSettings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MILLIS);
        producerSettings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, TRANSACTION_TIMEOUT_MILLIS);
        producerSettings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, TRANSACTION_TIMEOUT_MILLIS / 2);
        producerSettings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
        producerSettings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
        producerSettings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * MAX_REQUEST_BYTES);
        producerSettings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // a transaction right after another is refused for some milliseconds; the default wait is 100 ms
        producerSettings.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, RETRY_BACKOFF_MILLIS);
    }

    /**
     * Tries once. Blocks until the outcome is known, however long the broker is away.
     *
     * @return whether it is committed; if not, nothing of it is
     * @throws OversizedRecordException if the broker refuses a record; nothing is committed
     * @throws KafkaException if trying again cannot help, or the thread was interrupted
     */
    boolean commit(List<ProducerRecord<byte[], byte[]>> records, Map<TopicPartition, OffsetAndMetadata> offsets,
            ConsumerGroupMetadata group) {
        if (producer == null) {
            replaceProducer();
        }
        var oversized = new AtomicReference<ProducerRecord<byte[], byte[]>>();
        boolean commitSent = false;
        try {
            producer.beginTransaction();
            records.forEach(record -> send(record, oversized));
            // with the records out of the way, the offsets' request is not held up behind them
            producer.flush();
            if (!offsets.isEmpty()) {
                producer.sendOffsetsToTransaction(offsets, group);
            }
            commitSent = true;
            producer.commitTransaction();
            return true;
        } catch (AuthenticationException | AuthorizationException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.info("a transaction failed: {}", e.toString());
            undoOrSettle();
            if (oversized.get() != null) {
                throw new OversizedRecordException(oversized.get());
            }
            return commitSent && !offsets.isEmpty() && areCommitted(offsets, group.groupId());
        }
    }

    /** Only the first refusal is a record's own: those still waiting are given up with the same error. */
    private void send(ProducerRecord<byte[], byte[]> record,
            AtomicReference<ProducerRecord<byte[], byte[]>> oversized) {
        var _ = producer.send(record, (_, failure) -> {
            if (failure instanceof RecordTooLargeException) {
                oversized.compareAndSet(null, record);
            }
        });
    }

    private void undoOrSettle() {
        try {
            producer.abortTransaction();
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException | IllegalStateException e) {
            LOG.info("a transaction could not be aborted, its producer is replaced: {}", e.toString());
            replaceProducer();
        }
    }

    /** Whatever transaction of this id was open is committed or aborted when this returns. */
    private void replaceProducer() {
        untilDone("open a transactional producer", () -> {
            close();
            producer = new KafkaProducer<>(producerSettings, new ByteArraySerializer(), new ByteArraySerializer());
            producer.initTransactions();
            return null;
        });
    }

    private boolean areCommitted(Map<TopicPartition, OffsetAndMetadata> offsets, String group) {
        return untilDone("read the offsets of group " + group, () -> {
            try (var admin = Admin.create(clientSettings)) {
                var found = admin.listConsumerGroupOffsets(group, new ListConsumerGroupOffsetsOptions().requireStable(
                        true)).partitionsToOffsetAndMetadata().get();
                // one transaction: if any of them is there, all are, though some may have been written over since
                return offsets.entrySet().stream().anyMatch(offset -> same(offset.getValue(), found.get(offset
                        .getKey())));
            }
        });
    }

    private static boolean same(OffsetAndMetadata written, OffsetAndMetadata found) {
        return found != null && found.offset() == written.offset() && found.metadata().equals(written.metadata());
    }

    private static <T> T untilDone(String what, Callable<T> attempt) {
        while (true) {
            try {
                return attempt.call();
            } catch (AuthenticationException | AuthorizationException | InterruptException e) {
                throw e;
            } catch (InterruptedException e) {
                throw new InterruptException("interrupted while trying to " + what, e);
            } catch (ExecutionException | KafkaException e) {
                LOG.warn("cannot {} at the moment: {}", what, e.toString());
            } catch (Exception e) {
                throw new KafkaException("cannot " + what + ": " + e.getMessage(), e);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(SETTLE_RETRY_MILLIS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    @Override
    public void close() {
        if (producer != null) {
            // nothing is under way that was promised to anyone
            producer.close(Duration.ZERO);
            producer = null;
        }
    }

    /** A record is larger than its topic takes. */
    static final class OversizedRecordException extends KafkaException {
        private static final long serialVersionUID = 1L;

        private final transient ProducerRecord<byte[], byte[]> record;

        OversizedRecordException(ProducerRecord<byte[], byte[]> record) {
            super("a record is larger than max.message.bytes of its topic, " + record.topic());
            this.record = record;
        }

        ProducerRecord<byte[], byte[]> record() {
            return record;
        }
    }
}
