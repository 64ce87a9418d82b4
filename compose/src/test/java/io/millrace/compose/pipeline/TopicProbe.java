package io.millrace.compose.pipeline;

import io.millrace.schemas.Completion;
import io.millrace.schemas.TokenEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic from its beginning, as a client outside would, and keeps all it has read. */
final class TopicProbe<T> implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Of what there is, when that is not what was awaited: its end tells most. */
    private static final int TOLD = 20;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Function<ConsumerRecord<byte[], byte[]>, T> decode;
    private final List<T> values = new ArrayList<>();

    TopicProbe(Map<String, Object> clientSettings, String topic, Function<ConsumerRecord<byte[], byte[]>, T> decode) {
        this.decode = decode;
        var settings = new HashMap<>(clientSettings);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 50);
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        var partitions = consumer.partitionsFor(topic).stream().map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Waits until what was read so far satisfies a condition. */
    List<T> await(Predicate<List<T>> condition) {
        return await(condition, PATIENCE);
    }

    private List<T> await(Predicate<List<T>> condition, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.test(values)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "after " + patience + " there is nothing but " + values.size() + " values, ending "
                                + values.subList(Math.max(0, values.size() - TOLD), values.size()));
            }
            consumer.poll(Duration.ofMillis(50)).forEach(record -> values.add(decode.apply(record)));
        }
        return List.copyOf(values);
    }

    List<T> await(int count) {
        return await(count, PATIENCE);
    }

    List<T> await(int count, Duration patience) {
        return await(list -> list.size() >= count, patience);
    }

    T awaitFirst(Predicate<T> wanted) {
        return await(list -> list.stream().anyMatch(wanted)).stream().filter(wanted).findFirst().orElseThrow();
    }

    /** The completion of a prompt. */
    static Completion completion(TopicProbe<Completion> completions, String id) {
        return completions.awaitFirst(completion -> completion.id().equals(id));
    }

    /** The events of a stream, once it has ended. */
    static List<TokenEvent> stream(TopicProbe<TokenEvent> tokens, String id) {
        var _ = tokens.awaitFirst(event -> event.id().equals(id) && event.isLast());
        return tokens.values.stream().filter(event -> event.id().equals(id)).toList();
    }

    /** Waits until a stream has this many tokens. */
    static void awaitTokens(TopicProbe<TokenEvent> tokens, String id, int count) {
        var _ = tokens.await(list -> list.stream()
                .filter(event -> event.id().equals(id) && event instanceof TokenEvent.Token).count() >= count);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
