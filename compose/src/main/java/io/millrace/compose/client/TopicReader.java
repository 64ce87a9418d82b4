package io.millrace.compose.client;

import io.millrace.compose.UserException;
import io.millrace.sink.BrokerContact;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads every partition of a topic, outside any group: a reader takes nothing away from anyone. */
final class TopicReader implements AutoCloseable {
    /** What a reader sees of transactions that are still open. */
    enum Isolation {
        /** Records as they are written. */
        READ_UNCOMMITTED,
        /** Records of committed transactions only. */
        READ_COMMITTED
    }

    /** Where a reader starts. */
    enum From {
        BEGINNING, END
    }

    private static final Duration LOOK_UP_TIMEOUT = Duration.ofSeconds(4);
    private static final int API_TIMEOUT_MILLIS = 5_000;

    private static final CloseOptions CLOSE = CloseOptions.timeout(Duration.ofSeconds(1));

    private final KafkaConsumer<String, byte[]> consumer;
    private final BrokerContact brokers;

    /**
     * Once this returns, the reader's place is fixed: whatever is written from now on will be read.
     *
     * @throws UserException if the broker cannot be reached or lacks the topic
     */
    TopicReader(BrokerAddress address, String topic, Isolation isolation, From from) {
        address.requireReachable();
        Map<String, Object> settings = address.clientSettings(Map.of(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.name().toLowerCase(java.util.Locale.ROOT),
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, API_TIMEOUT_MILLIS,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false,
                // a token is shown when it is there, not when more have gathered
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100));
        consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
        try {
            place(address, topic, from);
            brokers = new BrokerContact();
        } catch (KafkaException e) {
            consumer.close(CLOSE);
            throw new UserException(
                    "the broker at " + address.bootstrapServers() + " cannot be read: " + e.getMessage(),
                    e);
        } catch (RuntimeException e) {
            consumer.close(CLOSE);
            throw e;
        }
    }

    private void place(BrokerAddress address, String topic, From from) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic, LOOK_UP_TIMEOUT).stream()
                .map(info -> new TopicPartition(topic, info.partition())).toList();
        if (partitions.isEmpty()) {
            throw new UserException("the broker at " + address.bootstrapServers() + " has no topic " + topic
                    + ": start a worker on it, which makes the topics (./millrace worker)");
        }
        consumer.assign(partitions);
        if (from == From.END) {
            consumer.seekToEnd(partitions);
        } else {
            consumer.seekToBeginning(partitions);
        }
        // seeking is lazy: asking for the position does it
        partitions.forEach(consumer::position);
    }

    /** The next records, none if none arrives in time. */
    Iterable<ConsumerRecord<String, byte[]>> poll(Duration timeout) {
        ConsumerRecords<String, byte[]> records = consumer.poll(timeout);
        brokers.polled(consumer, !records.isEmpty());
        return records;
    }

    /** For how long the brokers have been out of reach; zero while they are not. */
    Duration outOfReach() {
        return brokers.lostFor();
    }

    @Override
    public void close() {
        consumer.close(CLOSE);
    }
}
