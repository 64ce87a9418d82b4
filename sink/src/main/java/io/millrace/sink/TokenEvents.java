package io.millrace.sink;

import io.millrace.schemas.TokenEventCodec;
import io.millrace.schemas.TokenHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topic of token events, as its readers see it. */
final class TokenEvents {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Logger LOG = LoggerFactory.getLogger(TokenEvents.class);

    private TokenEvents() {}

    /** Reads on from where the consumer stands in its partition, up to the record before {@code end}. */
    static void readTo(long end, Consumer<byte[], byte[]> consumer, TopicPartition partition,
            java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> onRecord) {
        while (consumer.position(partition) < end) {
            for (var record : consumer.poll(POLL)) {
                if (record.offset() < end) {
                    onRecord.accept(record);
                }
            }
        }
    }

    static Map<String, Object> readerSettings(Map<String, Object> clientSettings) {
        var settings = new HashMap<>(clientSettings);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        // a token is shown when it is there, not when more have gathered
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
        return settings;
    }

    /** Where Kafka's producers put a stream of this id. */
    static TopicPartition partition(String topic, String id, int partitions) {
        byte[] key = id.getBytes(StandardCharsets.UTF_8);
        return new TopicPartition(topic, Utils.toPositive(Utils.murmur2(key)) % partitions);
    }

    /** The event; empty if anybody but a worker wrote the record, which stops no stream. */
    static Optional<TopicEvent> decode(TokenEventCodec codec, ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new TopicEvent(codec.decode(record.value()), text(record, TokenHeaders.PROMPT, ""),
                    text(record, TokenHeaders.WORKER, "unknown"), record.offset()));
        } catch (IllegalArgumentException e) {
            LOG.warn("record {}-{} at offset {} is no token event and is passed over: {}", record.topic(),
                    record.partition(), record.offset(), e.getMessage());
            return Optional.empty();
        }
    }

    private static String text(ConsumerRecord<byte[], byte[]> record, String name, String otherwise) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null
                ? otherwise
                : new String(header.value(), StandardCharsets.UTF_8);
    }
}
