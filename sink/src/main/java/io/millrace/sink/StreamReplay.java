package io.millrace.sink;

import io.millrace.schemas.TokenEventCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Utils;

/** Reads what the topic holds of one stream, up to the topic's end as of now. Safe for any thread that may block. */
final class StreamReplay {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, Object> settings;
    private final String topic;
    private final TokenEventCodec codec = new TokenEventCodec();

    /**
     * Connects with each {@link #read}.
     *
     * @param clientSettings settings for Kafka's clients: {@code bootstrap.servers}, and security if there is any
     * @param topic of token events
     */
    StreamReplay(Map<String, Object> clientSettings, String topic) {
        this.settings = readerSettings(clientSettings);
        this.topic = topic;
    }

    /**
     * Every event with this id, of every attempt, in the topic's order; none if there is none. Reads one partition from its
     * beginning, so it takes as long as that is large.
     *
     * @throws org.apache.kafka.common.KafkaException if the topic cannot be read
     */
    List<TopicEvent> read(String id) {
        byte[] key = id.getBytes(StandardCharsets.UTF_8);
        try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings)) {
            var partition = new TopicPartition(topic, partition(key, consumer.partitionsFor(topic).size()));
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            consumer.seekToBeginning(List.of(partition));
            var events = new ArrayList<TopicEvent>();
            readTo(end, consumer, partition, record -> {
                if (Arrays.equals(key, record.key())) {
                    TokenEvents.decode(codec, record).ifPresent(events::add);
                }
            });
            return events;
        }
    }

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

    /** Where Kafka's producers put a record with this key. */
    static int partition(byte[] key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }
}
