package io.millrace.sink;

import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TokenEventCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * Token streams for any number of subscribers, from one reader of the topic. What is read is kept for a while, so that
 * subscribers may come late or come again; what is not kept any more is read from the topic.
 *
 * <p>One virtual thread reads the topic, another the streams that must be looked up. Subscribing is for any thread and does not
 * block. Events are emitted on the reading thread or on the one that requests: subscribers must not block there.
 */
public final class StreamHub implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamHub.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final Options options;
    private final StreamCache cache;
    private final StreamLookUp lookUp;
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final BrokerContact brokers = new BrokerContact();
    private final TokenEventCodec codec = new TokenEventCodec();
    private final Thread thread = Thread.ofVirtual().name("stream-hub").unstarted(this::run);
    private volatile KafkaException failure;
    private volatile boolean closed;

    /**
     * How much a hub keeps.
     *
     * @param clientSettings settings for Kafka's clients: {@code bootstrap.servers}, and security if there is any
     * @param topic of token events
     * @param maxBytes heap for streams, some 20 bytes a token and 1 KiB a stream; 1 or more
     * @param maxBacklogEvents how many events a subscriber may be behind before it is ended with {@link
     *            SlowSubscriberException}; 1 or more
     */
    public record Options(Map<String, Object> clientSettings, String topic, long maxBytes, int maxBacklogEvents) {
        public static final long DEFAULT_MAX_BYTES = 16L << 20;
        public static final int DEFAULT_MAX_BACKLOG_EVENTS = 1024;

        public Options {
            clientSettings = Map.copyOf(clientSettings);
            if (maxBytes < 1) {
                throw new IllegalArgumentException("maxBytes must be 1 or more, not " + maxBytes);
            }
            if (maxBacklogEvents < 1) {
                throw new IllegalArgumentException("maxBacklogEvents must be 1 or more, not " + maxBacklogEvents);
            }
        }

        public Options(Map<String, Object> clientSettings, String topic) {
            this(clientSettings, topic, DEFAULT_MAX_BYTES, DEFAULT_MAX_BACKLOG_EVENTS);
        }
    }

    public StreamHub(Options options) {
        this.options = options;
        this.cache = new StreamCache(options.maxBytes());
        this.lookUp = new StreamLookUp(options.clientSettings(), options.topic());
    }

    /**
     * Begins to read; blocks until nothing that is written from now on can be missed. Once only.
     *
     * @throws KafkaException if the topic cannot be read
     */
    public void start() {
        thread.start();
        lookUp.start();
        try {
            started.join();
        } catch (CompletionException e) {
            throw new KafkaException("the token streams cannot be read: " + e.getCause().getMessage(), e.getCause());
        }
    }

    /**
     * A stream from {@code from} on: what there is of it already, then what comes, to its end. For {@code from} 0 that begins
     * with {@link TokenEvent.Started}, else with the first token whose {@code seq} is not lower. An id that nobody knows is
     * waited for. Ends with {@link SlowSubscriberException} if the subscriber falls behind.
     */
    public Flux<TokenEvent> subscribe(String id, int from) {
        return Flux.create(subscriber -> {
            var reader = new StreamReader(from, options.maxBacklogEvents(), subscriber);
            if (cache.join(id, reader::join)) {
                load(reader.stream());
            }
            begin(reader, subscriber);
        }, FluxSink.OverflowStrategy.ERROR);
    }

    /** The stream of a prompt that is about to be sent, which therefore need not be looked for. */
    public Flux<TokenEvent> subscribeToComing(String id) {
        return Flux.create(subscriber -> {
            var reader = new StreamReader(0, options.maxBacklogEvents(), subscriber);
            cache.joinComing(id, reader::join);
            begin(reader, subscriber);
        }, FluxSink.OverflowStrategy.ERROR);
    }

    /**
     * Whether there is a stream of this id, in memory or on the topic.
     *
     * @return fails with a {@link KafkaException} if the topic cannot be read
     */
    public CompletableFuture<Boolean> knows(String id) {
        if (cache.contains(id)) {
            return CompletableFuture.completedFuture(true);
        }
        var found = new AtomicBoolean();
        return lookUp.read(id, _ -> found.set(true)).thenApply(_ -> found.get());
    }

    private void begin(StreamReader reader, FluxSink<TokenEvent> subscriber) {
        subscriber.onDispose(() -> {
            reader.stream().leave(reader);
            cache.removeIfIdle(reader.stream());
        });
        subscriber.onRequest(_ -> reader.drain());
        if (failure != null) {
            reader.fail(failure);
        }
    }

    private void load(LiveStream stream) {
        var _ = lookUp.read(stream.id(), event -> cache.applyStored(stream, event)).whenComplete((_, failure) -> {
            if (failure == null) {
                cache.loaded(stream);
            } else {
                LOG.atWarn().addKeyValue("prompt", stream.id()).log("a stream cannot be looked up: {}", failure
                        .toString());
                cache.remove(stream);
                stream.failReaders(_ -> failure);
            }
        });
    }

    private void run() {
        try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                TokenEvents.readerSettings(options.clientSettings()))) {
            place(consumer);
            started.complete(null);
            while (!closed) {
                poll(consumer);
            }
            end(new KafkaException(StreamLookUp.CLOSING));
        } catch (KafkaException e) {
            started.completeExceptionally(e);
            LOG.error("the token streams can no longer be read", e);
            end(e);
        }
    }

    private void place(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = consumer.partitionsFor(options.topic()).stream()
                .map(info -> new TopicPartition(options.topic(), info.partition())).toList();
        if (partitions.isEmpty()) {
            throw new KafkaException("there is no topic " + options.topic() + ": make it before gateways start");
        }
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        // seeking is lazy: asking for the position does it
        partitions.forEach(consumer::position);
    }

    private void poll(Consumer<byte[], byte[]> consumer) {
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            records.forEach(record -> TokenEvents.decode(codec, record).ifPresent(cache::apply));
            brokers.polled(consumer, !records.isEmpty());
        } catch (RetriableException e) {
            LOG.warn("token streams cannot be read at the moment: {}", e.toString());
        }
    }

    private void end(KafkaException why) {
        failure = why;
        cache.all().forEach(stream -> stream.failReaders(_ -> why));
    }

    /** Whether streams are being read: not while the brokers are away, of which it takes some seconds to be sure. */
    public boolean isHealthy() {
        return started.isDone() && failure == null && brokers.lostFor().isZero();
    }

    /** Ends every subscriber with an error, and waits until the topic is let go. */
    @Override
    public void close() {
        closed = true;
        lookUp.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
