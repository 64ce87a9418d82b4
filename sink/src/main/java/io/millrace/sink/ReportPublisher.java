package io.millrace.sink;

import io.millrace.schemas.Topics;
import io.millrace.schemas.WorkerReport;
import io.millrace.schemas.WorkerReportCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a worker's reports. One that cannot be written is dropped: the next comes soon, and nothing depends on them. May block for a second while the brokers are
 * away. One thread at a time.
 */
public final class ReportPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReportPublisher.class);
    private static final int PATIENCE_MILLIS = 1_000;
    /** Of the brokers, before they are taken to be away. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private final String topic;
    private final byte[] key;
    private final WorkerReportCodec codec = new WorkerReportCodec();
    private final KafkaProducer<byte[], byte[]> producer;
    private volatile long heardNanos = System.nanoTime();

    /**
     * A publisher for one worker.
     *
     * @param clientSettings settings for Kafka's clients: {@code bootstrap.servers}, and security if there is any
     * @param workerId of all reports
     */
    public ReportPublisher(Map<String, Object> clientSettings, Topics topics, String workerId) {
        topic = topics.workers();
        key = workerId.getBytes(StandardCharsets.UTF_8);
        var settings = new HashMap<>(clientSettings);
        settings.put(ProducerConfig.ACKS_CONFIG, "1");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MILLIS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * PATIENCE_MILLIS);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Whether the brokers have taken a report not long ago. Safe for any thread. */
    public boolean isHeard() {
        return System.nanoTime() - heardNanos < SILENCE.toNanos();
    }

    public void publish(WorkerReport report) {
        send(codec.encode(report));
    }

    private void send(byte[] value) {
        try {
            var _ = producer.send(new ProducerRecord<>(topic, key, value), (_, failure) -> {
                if (failure == null) {
                    heardNanos = System.nanoTime();
                } else {
                    dropped(failure);
                }
            });
        } catch (KafkaException e) {
            dropped(e);
        }
    }

    private static void dropped(Exception why) {
        LOG.debug("a report is dropped", why);
    }

    /** Says that the worker has ended. */
    @Override
    public void close() {
        send(null);
        producer.close(Duration.ofMillis(PATIENCE_MILLIS));
    }
}
