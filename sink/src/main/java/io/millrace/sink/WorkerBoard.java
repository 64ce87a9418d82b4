package io.millrace.sink;

import io.millrace.schemas.Topics;
import io.millrace.schemas.WorkerReport;
import io.millrace.schemas.WorkerReportCodec;
import io.millrace.sink.http.WorkerReports;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The latest report of each worker, from {@link Topics#workers()}. One that is silent for some seconds is taken to be gone, if it did not say so. Reads on a
 * virtual thread; what it answers is for any thread. Without the brokers it knows of nobody.
 */
public final class WorkerBoard implements WorkerReports, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerBoard.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration SILENCE = Duration.ofSeconds(5);
    private static final int RETRY_MILLIS = 500;

    private record Entry(WorkerReport report, long heardNanos) {
        boolean isFresh() {
            return System.nanoTime() - heardNanos < SILENCE.toNanos();
        }
    }

    private final Map<String, Object> settings;
    private final String topic;
    private final WorkerReportCodec codec = new WorkerReportCodec();
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final Thread thread = Thread.ofVirtual().name("worker-board").unstarted(this::run);
    private final CountDownLatch closing = new CountDownLatch(1);

    /**
     * Reads from {@link #start} on.
     *
     * @param clientSettings settings for Kafka's clients: {@code bootstrap.servers}, and security if there is any
     */
    public WorkerBoard(Map<String, Object> clientSettings, Topics topics) {
        topic = topics.workers();
        settings = new HashMap<>(clientSettings);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    }

    public void start() {
        thread.start();
    }

    /** Ordered by id. */
    @Override
    public List<WorkerReport> current() {
        return entries.values().stream().filter(Entry::isFresh).map(Entry::report)
                .sorted(Comparator.comparing(WorkerReport::id)).toList();
    }

    private void run() {
        try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            boolean placed = false;
            while (!closing.await(placed ? 0 : RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
                try {
                    if (placed) {
                        consumer.poll(POLL).forEach(this::read);
                        entries.values().removeIf(entry -> !entry.isFresh());
                    } else {
                        placed = place(consumer);
                    }
                } catch (RetriableException e) {
                    LOG.debug("reports of workers cannot be read at the moment", e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (KafkaException e) {
            LOG.warn("reports of workers can no longer be read: {}", e.toString());
        }
    }

    /** Whether there is a topic to read from: the workers make it. */
    private boolean place(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition())).toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        return !partitions.isEmpty();
    }

    private void read(ConsumerRecord<byte[], byte[]> message) {
        if (message.key() == null) {
            return;
        }
        String id = new String(message.key(), StandardCharsets.UTF_8);
        if (message.value() == null) {
            entries.remove(id);
            return;
        }
        try {
            entries.put(id, new Entry(codec.decode(message.value()), System.nanoTime()));
        } catch (IllegalArgumentException e) {
            LOG.debug("what {} reports is not understood", id, e);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
