package io.millrace.sink;

import io.millrace.schemas.TokenEventCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks streams up on the topic. Whoever asks while a pass over the topic is under way is served by the next one, together with all others:
 * ten thousand who come at once cost a pass or two over each partition, not ten thousand.
 *
 * <p>One virtual thread reads. Asking is for any thread and does not block.
 */
final class StreamLookUp implements AutoCloseable {
    static final String CLOSING = "the gateway is closing";
    private static final Logger LOG = LoggerFactory.getLogger(StreamLookUp.class);

    private record Request(String id, Consumer<TopicEvent> onEvent, CompletableFuture<Void> done) {}

    private final Map<String, Object> settings;
    private final String topic;
    private final TokenEventCodec codec = new TokenEventCodec();
    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private final Thread thread = Thread.ofVirtual().name("stream-look-up").unstarted(this::run);
    private volatile KafkaConsumer<byte[], byte[]> reading;
    private volatile boolean closed;

    /**
     * Connects with each pass.
     *
     * @param clientSettings settings for Kafka's clients: {@code bootstrap.servers}, and security if there is any
     * @param topic of token events
     */
    StreamLookUp(Map<String, Object> clientSettings, String topic) {
        this.settings = TokenEvents.readerSettings(clientSettings);
        this.topic = topic;
    }

    /** Begins to serve; once only. */
    void start() {
        thread.start();
    }

    /**
     * Gives {@code onEvent} all there is of a stream by now, of every attempt, in the topic's order. Reads one partition from its beginning,
     * so it takes as long as that is large.
     *
     * @param onEvent called on the reading thread, which it must not block
     * @return done once all was given; fails with a {@link KafkaException} if the topic cannot be read
     */
    CompletableFuture<Void> read(String id, Consumer<TopicEvent> onEvent) {
        var request = new Request(id, onEvent, new CompletableFuture<>());
        requests.add(request);
        if (closed && requests.remove(request)) {
            fail(List.of(request), new KafkaException(CLOSING));
        }
        return request.done();
    }

    private void run() {
        var together = new ArrayList<Request>();
        try {
            while (!closed) {
                together.add(requests.take());
                requests.drainTo(together);
                serve(together);
                together.clear();
            }
        } catch (InterruptedException e) {
            // nobody but close() should end this, and there is nobody to tell
            LOG.warn("streams are looked up no more", e);
        }
        requests.drainTo(together);
        fail(together, new KafkaException(CLOSING));
    }

    private void serve(List<Request> together) {
        try (var consumer = new KafkaConsumer<byte[], byte[]>(settings)) {
            reading = consumer;
            if (closed) {
                consumer.wakeup();
            }
            read(consumer, together);
            together.forEach(request -> request.done().complete(null));
        } catch (WakeupException e) {
            fail(together, new KafkaException(CLOSING, e));
        } catch (KafkaException e) {
            fail(together, e);
        } catch (RuntimeException e) {
            LOG.error("streams cannot be looked up", e);
            fail(together, new KafkaException("streams cannot be looked up: " + e.getMessage(), e));
        } finally {
            reading = null;
        }
    }

    private void read(KafkaConsumer<byte[], byte[]> consumer, List<Request> together) {
        int count = consumer.partitionsFor(topic).size();
        if (count == 0) {
            throw new KafkaException("there is no topic " + topic);
        }
        var byPartition = new HashMap<TopicPartition, Map<String, List<Request>>>();
        for (Request request : together) {
            byPartition.computeIfAbsent(TokenEvents.partition(topic, request.id(), count), _ -> new HashMap<>())
                    .computeIfAbsent(request.id(), _ -> new ArrayList<>()).add(request);
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(byPartition.keySet());
        for (var entry : byPartition.entrySet()) {
            TopicPartition partition = entry.getKey();
            Map<String, List<Request>> byId = entry.getValue();
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            TokenEvents.readTo(ends.get(partition), consumer, partition, record -> give(record, byId));
        }
    }

    private void give(ConsumerRecord<byte[], byte[]> record, Map<String, List<Request>> byId) {
        if (record.key() == null) {
            return;
        }
        List<Request> askers = byId.get(new String(record.key(), StandardCharsets.UTF_8));
        if (askers != null) {
            TokenEvents.decode(codec, record)
                    .ifPresent(event -> askers.forEach(asker -> asker.onEvent().accept(event)));
        }
    }

    private static void fail(List<Request> requests, KafkaException why) {
        requests.forEach(request -> request.done().completeExceptionally(why));
    }

    /** Ends whoever still waits with an error. */
    @Override
    public void close() {
        closed = true;
        requests.add(new Request("", _ -> {}, new CompletableFuture<>()));
        KafkaConsumer<byte[], byte[]> consumer = reading;
        if (consumer != null) {
            consumer.wakeup();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
