package io.millrace.compose.client;

import io.millrace.compose.client.TopicReader.From;
import io.millrace.compose.client.TopicReader.Isolation;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TokenEventCodec;
import io.millrace.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The token events of one stream or of all, each once and in order. */
public final class TokenFeed implements AutoCloseable {
    private final TopicReader reader;
    private final Predicate<String> wanted;
    private final TokenEventCodec codec = new TokenEventCodec();
    private final Map<String, StreamCursor> cursors = new HashMap<>();
    private long unreadable;

    private TokenFeed(BrokerAddress address, Topics topics, From from, Predicate<String> wanted) {
        this.reader = new TopicReader(address, topics.tokens(), Isolation.READ_UNCOMMITTED, from);
        this.wanted = wanted;
    }

    /** Every event of every stream that is written from now on. */
    public static TokenFeed ofAll(BrokerAddress address, Topics topics) {
        return new TokenFeed(address, topics, From.END, _ -> true);
    }

    /** Every event of one stream, as far back as the topic goes. */
    public static TokenFeed ofStream(BrokerAddress address, Topics topics, String id) {
        return new TokenFeed(address, topics, From.BEGINNING, id::equals);
    }

    /** Every event of one stream that is about to begin. */
    public static TokenFeed ofComingStream(BrokerAddress address, Topics topics, String id) {
        return new TokenFeed(address, topics, From.END, id::equals);
    }

    /** Waits for events, at most this long. */
    public List<TokenEvent> next(Duration timeout) {
        var events = new ArrayList<TokenEvent>();
        for (var record : reader.poll(timeout)) {
            if (record.key() != null && wanted.test(record.key()) && record.value() != null) {
                read(record, events);
            }
        }
        return events;
    }

    /** How many records were no token events and were passed over. */
    public long unreadable() {
        return unreadable;
    }

    private void read(ConsumerRecord<String, byte[]> record, List<TokenEvent> events) {
        try {
            var event = codec.decode(record.value());
            if (cursors.computeIfAbsent(event.id(), _ -> new StreamCursor()).advance(event)) {
                events.add(event);
            }
            if (event.isLast()) {
                cursors.remove(event.id());
            }
        } catch (IllegalArgumentException e) {
            unreadable++;
        }
    }

    /** For how long Kafka has been out of reach, which shows in no other way; zero while it is not. */
    public Duration outOfReach() {
        return reader.outOfReach();
    }

    @Override
    public void close() {
        reader.close();
    }
}
