package io.millrace.sink;

import io.millrace.schemas.TokenEventCodec;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What was read of one partition of token events: all streams in it, with the tokens of those that have not ended. Belongs to a lock. */
final class PartitionScan {
    /** An id may be used by several prompts, one after the other. */
    private record StreamKey(String id, String origin) {}

    private final long sinceMillis;
    private final Map<StreamKey, AttemptLog> streams = new HashMap<>();
    private long position;
    private Instant readAt = Instant.EPOCH;

    /** Nothing read yet, from the record at {@code position} on, which is the first with this timestamp or a later one. */
    PartitionScan(long sinceMillis, long position) {
        this.sinceMillis = sinceMillis;
        this.position = position;
    }

    /** The offset to read next. */
    long position() {
        return position;
    }

    /** Everything that was on the topic at {@code asOf} is read, up to {@code end}. */
    void reached(long end, Instant asOf) {
        position = end;
        readAt = asOf;
    }

    boolean covers(long timestampMillis) {
        return sinceMillis <= timestampMillis;
    }

    boolean isCurrent(Instant asOf) {
        return readAt.isAfter(asOf);
    }

    void apply(TokenEventCodec codec, ConsumerRecord<byte[], byte[]> record) {
        TokenEvents.decode(codec, record).ifPresent(read -> {
            AttemptLog log = streams.computeIfAbsent(new StreamKey(read.event().id(), read.origin()),
                    _ -> new AttemptLog(read.offset()));
            log.apply(read);
            if (log.isEnded()) {
                // most have their completion, and are never asked for
                log.forgetTokens();
            }
        });
    }

    Optional<AttemptLog> find(String id, String origin) {
        return Optional.ofNullable(streams.get(new StreamKey(id, origin)));
    }
}
