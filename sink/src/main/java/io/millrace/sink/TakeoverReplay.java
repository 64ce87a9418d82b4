package io.millrace.sink;

import io.millrace.schemas.TokenEventCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads back what earlier workers streamed of prompts that this one takes over. A partition is read once for all of its prompts, and then on
 * from there: so many prompts taken over at a time cost one pass.
 *
 * <p>Safe for any thread that may block: while the brokers are away, it waits for them. One reads at a time.
 */
public final class TakeoverReplay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TakeoverReplay.class);
    /** Prompts are stamped by other clocks than token events; one that is off by more is repaired, not allowed for. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(2);
    /** A scan that was not asked for so long starts over where it is needed, rather than read all that came since. */
    private static final Duration STALE = Duration.ofMinutes(1);

    private final String topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final TokenEventCodec codec = new TokenEventCodec();
    private final Map<TopicPartition, PartitionScan> scans = new HashMap<>();
    private volatile boolean closed;

    /**
     * Connects with the first {@link #find}.
     *
     * @param clientSettings settings for Kafka's clients: {@code bootstrap.servers}, and security if there is any
     * @param topic of token events
     */
    public TakeoverReplay(Map<String, Object> clientSettings, String topic) {
        this.topic = topic;
        this.consumer = new KafkaConsumer<>(TokenEvents.readerSettings(clientSettings));
    }

    /**
     * What was streamed of a prompt.
     *
     * @param origin the prompt's record, as {@link io.millrace.schemas.TokenHeaders#PROMPT} has it
     * @param timestampMillis the prompt's, before which nothing was streamed of it
     * @param asOf everything that was on the topic at this time counts
     * @return empty if no attempt began
     * @throws KafkaException if the topic cannot be read, and waiting does not help
     */
    public synchronized Optional<InterruptedStream> find(String id, String origin, long timestampMillis, Instant asOf) {
        while (true) {
            try {
                return tryToFind(id, origin, timestampMillis, asOf);
            } catch (RetriableException e) {
                LOG.atWarn().addKeyValue("prompt", id).log("what was streamed cannot be read at the moment: {}",
                        e.toString());
                scans.clear();
                if (closed) {
                    throw e;
                }
            }
        }
    }

    private Optional<InterruptedStream> tryToFind(String id, String origin, long timestampMillis, Instant asOf) {
        TopicPartition partition = partition(id);
        PartitionScan scan = scan(partition, timestampMillis - CLOCK_SKEW.toMillis());
        if (!scan.isCurrent(asOf)) {
            readOn(partition, scan);
        }
        Optional<AttemptLog> log = scan.find(id, origin);
        if (log.isPresent() && log.get().isEnded()) {
            return readAgain(partition, scan, log.get(), id, origin);
        }
        return log.flatMap(stream -> stream.stream(id));
    }

    private TopicPartition partition(String id) {
        return TokenEvents.partition(topic, id, consumer.partitionsFor(topic).size());
    }

    private PartitionScan scan(TopicPartition partition, long sinceMillis) {
        PartitionScan scan = scans.get(partition);
        if (scan == null || !scan.covers(sinceMillis) || !scan.isCurrent(Instant.now().minus(STALE))) {
            long since = Math.max(0, sinceMillis);
            var found = consumer.offsetsForTimes(Map.of(partition, since)).get(partition);
            scan = new PartitionScan(since, found == null ? end(partition) : found.offset());
            scans.put(partition, scan);
        }
        return scan;
    }

    private void readOn(TopicPartition partition, PartitionScan scan) {
        Instant asOf = Instant.now();
        long end = end(partition);
        read(partition, scan.position(), end, record -> scan.apply(codec, record));
        scan.reached(end, asOf);
    }

    /** One whose completion is not committed although its stream has ended: rare enough to read it alone. */
    private Optional<InterruptedStream> readAgain(TopicPartition partition, PartitionScan scan, AttemptLog ended,
            String id, String origin) {
        var log = new AttemptLog(ended.firstOffset());
        read(partition, ended.firstOffset(), scan.position(), record -> {
            TokenEvents.decode(codec, record)
                    .filter(read -> read.origin().equals(origin) && read.event().id().equals(id))
                    .ifPresent(log::apply);
        });
        return log.stream(id);
    }

    private void read(TopicPartition partition, long from, long end,
            Consumer<ConsumerRecord<byte[], byte[]>> onRecord) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, from);
        TokenEvents.readTo(end, consumer, partition, onRecord);
    }

    private long end(TopicPartition partition) {
        return consumer.endOffsets(List.of(partition)).get(partition);
    }

    /** Ends a {@link #find} that waits. */
    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        synchronized (this) {
            consumer.close();
        }
    }
}
