package io.millrace.sink;

import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TokenEventCodec;
import io.millrace.schemas.TokenHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes token events as they come, outside any transaction, so that readers see them at once. Events of one id stay in
 * order. While the broker is away the producer's buffer fills, then {@link #publish} blocks until it is back: events are
 * never dropped. Safe for any thread.
 */
final class TokenPublisher implements AutoCloseable {
    /** Tokens that come within this time travel together. */
    private static final int LINGER_MILLIS = 2;

    private final String topic;
    private final byte[] worker;
    private final TokenEventCodec codec = new TokenEventCodec();
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    TokenPublisher(Map<String, Object> clientSettings, String topic, String worker) {
        this.topic = topic;
        this.worker = worker.getBytes(StandardCharsets.UTF_8);
        var settings = new HashMap<>(clientSettings);
        // a worker has two producers, and what is measured of them is kept by this
        settings.computeIfPresent(ProducerConfig.CLIENT_ID_CONFIG, (_, id) -> id + "-tokens");
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
        // a broker that restarts costs time and no event
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.MAX_VALUE);
        producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    void publish(TokenEvent event, String origin) {
        throwFailure();
        var record = new ProducerRecord<>(topic, event.id().getBytes(StandardCharsets.UTF_8), codec.encode(event));
        record.headers().add(TokenHeaders.PROMPT, origin.getBytes(StandardCharsets.UTF_8));
        if (event instanceof TokenEvent.Started) {
            record.headers().add(TokenHeaders.WORKER, worker);
        }
        var _ = producer.send(record,
                (_, exception) -> {
                    if (exception != null) {
                        failure.compareAndSet(null, exception);
                    }
                });
    }

    /** Returns once every event published before is on the topic. */
    void flush() {
        producer.flush();
        throwFailure();
    }

    private void throwFailure() {
        Exception cause = failure.get();
        if (cause != null) {
            throw new KafkaException("a token event could not be written to " + topic + ": " + cause.getMessage(),
                    cause);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
