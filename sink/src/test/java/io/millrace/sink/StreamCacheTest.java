package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.ErrorDetail;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Timings;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TokenEventCodec;
import io.millrace.schemas.Usage;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

class StreamCacheTest {
    private static final long PLENTY = 1L << 30;

    private static final String ORIGIN = "0-0";

    private long offset;
    private StreamCache cache = new StreamCache(PLENTY);

    @Test
    void aSubscriberGetsWhatIsThereAndWhatComes() {
        stream("a", 2);
        var reader = read("a", 0, 100, Long.MAX_VALUE);
        apply(token("a", 1, 2));
        apply(completed("a", 3));
        assertThat(reader.events).hasSize(5);
        assertThat(reader.completed).isTrue();
    }

    @Test
    void aSubscriberMayBeginAnywhere() {
        stream("a", 5);
        var reader = read("a", 3, 100, Long.MAX_VALUE);
        apply(completed("a", 5));
        assertThat(reader.events).extracting(Object::getClass).containsExactly(TokenEvent.Token.class,
                TokenEvent.Token.class, TokenEvent.Completed.class);
        assertThat(reader.events.getFirst()).isEqualTo(token("a", 1, 3));
    }

    @Test
    void nothingIsDeliveredThatWasNotAskedFor() {
        stream("a", 10);
        var reader = read("a", 0, 100, 3);
        assertThat(reader.events).hasSize(3);
        reader.request(2);
        assertThat(reader.events).hasSize(5);
    }

    @Test
    void aSlowSubscriberIsEndedWithThePlaceToResumeFromAndSlowsNobody() {
        stream("a", 1);
        var slow = read("a", 0, 5, 4);
        var quick = read("a", 0, 5, Long.MAX_VALUE);
        for (int seq = 1; seq < 20; seq++) {
            apply(token("a", 1, seq));
        }
        assertThat(slow.error).isInstanceOfSatisfying(SlowSubscriberException.class,
                e -> assertThat(e.resumeFrom()).isEqualTo(3));
        assertThat(quick.events).hasSize(21);
    }

    @Test
    void aReplayMayTakeItsTime() {
        stream("a", 1000);
        var reader = read("a", 0, 5, 1);
        apply(token("a", 1, 1000));
        assertThat(reader.error).isNull();
        reader.request(Long.MAX_VALUE);
        assertThat(reader.events).hasSize(1002);
    }

    @Test
    void eventsOfALowerAttemptAreIgnored() {
        stream("a", 3);
        var reader = read("a", 0, 100, Long.MAX_VALUE);
        apply(new TokenEvent.Started("a", 2, "m", 1, 0));
        apply(token("a", 1, 3));
        apply(token("a", 2, 3));
        apply(new TokenEvent.Failed("a", 1, new ErrorDetail("internal_error", "x")));
        apply(token("a", 2, 4));
        assertThat(reader.events).hasSize(6).endsWith(token("a", 2, 3), token("a", 2, 4));
        assertThat(reader.error).isNull();
    }

    @Test
    void anIdThatIsUsedAgainIsAnotherStream() {
        stream("a", 3);
        apply(completed("a", 3));
        apply("0-1", new TokenEvent.Started("a", 1, "m", 1, 0));
        apply("0-1", token("a", 1, 0));
        var reader = read("a", 0, 100, Long.MAX_VALUE);
        assertThat(reader.events).hasSize(2);
        assertThat(reader.completed).isFalse();
    }

    @Test
    void whatASlowWorkerWritesBehindTheEndOfItsStreamIsNoOtherStream() {
        stream("a", 3);
        apply(completed("a", 3));
        apply(new TokenEvent.Started("a", 1, "m", 1, 0));
        apply(token("a", 1, 0));
        var reader = read("a", 0, 100, Long.MAX_VALUE);
        assertThat(reader.events).hasSize(5);
        assertThat(reader.completed).isTrue();
    }

    @Test
    void anEndedStreamThatIsLookedUpIsWholeWhateverComesBehindItsEnd() {
        var reader = read("a", 1, 100, Long.MAX_VALUE);
        var topic = List.of(new TokenEvent.Started("a", 1, "m", 1, 0), token("a", 1, 0), token("a", 1, 1),
                completed("a",
                        2),
                new TokenEvent.Started("a", 2, "m", 1, 0));
        load(reader, records(topic));
        assertThat(reader.events).containsExactly(token("a", 1, 1), completed("a", 2));
        assertThat(reader.completed).isTrue();
    }

    @Test
    void finishedStreamsGoFirstWhenMemoryIsFull() {
        cache = new StreamCache(40_000);
        stream("running", 10);
        for (int i = 0; i < 100; i++) {
            stream("done" + i, 10);
            apply(completed("done" + i, 10));
        }
        assertThat(cache.bytes()).isLessThanOrEqualTo(40_000);
        assertThat(cache.all()).extracting(LiveStream::id).contains("running", "done99").doesNotContain("done0");
    }

    @Test
    void aStreamThatOutgrowsAllOthersGoesBeforeThem() {
        cache = new StreamCache(40_000);
        for (int i = 0; i < 20; i++) {
            stream("small" + i, 10);
        }
        var small = read("small0", 0, 100, Long.MAX_VALUE);
        stream("flood", 1);
        var flood = read("flood", 0, 5_000, Long.MAX_VALUE);
        for (int seq = 1; flood.error == null; seq++) {
            apply(token("flood", 1, seq));
        }
        assertThat(flood.error).isInstanceOf(SlowSubscriberException.class);
        assertThat(small.error).isNull();
        assertThat(cache.all()).hasSize(20);
        apply(token("flood", 1, 5_000));
        assertThat(cache.all()).hasSize(20);
    }

    @Test
    void aReaderOfAStreamThatGoesIsToldWhereToResume() {
        cache = new StreamCache(5_000);
        stream("a", 10);
        var reader = read("a", 0, 100, 4);
        for (int i = 0; i < 20; i++) {
            stream("b" + i, 10);
        }
        assertThat(reader.error).isInstanceOfSatisfying(SlowSubscriberException.class,
                e -> assertThat(e.resumeFrom()).isEqualTo(3));
    }

    @Test
    void whatNobodyWaitsForAnyMoreIsForgotten() {
        var reader = read("a", 0, 100, 1);
        assertThat(cache.all()).hasSize(1);
        reader.cancel();
        assertThat(cache.all()).isEmpty();
        assertThat(cache.bytes()).isZero();
    }

    /**
     * What is counted is what the heap has to hold: full twice over, the cache takes at most its bound. A tenth is left for what
     * else the process does meanwhile.
     */
    @Test
    void theBoundHoldsOnTheHeap() {
        long bound = 32L << 20;
        cache = new StreamCache(bound);
        long before = usedHeap();
        long tokens = 0;
        for (int i = 0; tokens * 16 < 2 * bound; i++) {
            int length = 1 + i % 300;
            stream("stream-" + i, length);
            apply(completed("stream-" + i, length));
            tokens += length;
        }
        assertThat(cache.bytes()).isBetween(bound * 9 / 10, bound);
        assertThat(usedHeap() - before).isLessThan(bound * 11 / 10);
        assertThat(cache.all()).isNotEmpty();
    }

    /** Streams as they come: each event is decoded from a record, with strings of its own, and somebody has followed. */
    @ParameterizedTest
    @CsvSource({"8, 8, 0", "36, 24, 0", "36, 0, 0", "256, 8, 0", "8, 1, 300", "8, 0, 3000"})
    void whatManySmallStreamsTakeIsCounted(int idCharacters, int tokens, int errorCharacters) {
        int streams = 3_000;
        var codec = new TokenEventCodec();
        long before = usedHeap();
        for (int i = 0; i < streams; i++) {
            String id = String.format("%0" + idCharacters + "d", i);
            var reader = read(id, 0, 100, Long.MAX_VALUE);
            load(reader, List.of());
            var events = new ArrayList<TokenEvent>(List.of(new TokenEvent.Started(id, 1, "millrace-demo-Q8_0", 1, 0)));
            for (int seq = 0; seq < tokens; seq++) {
                events.add(token(id, 1, seq));
            }
            events.add(errorCharacters == 0
                    ? new TokenEvent.Completed(id, 1, tokens, FinishReason.STOP, new Usage(1, tokens, 0),
                            new Timings(1, 2, 3))
                    : new TokenEvent.Failed(id, 1, new ErrorDetail("internal_error", "x".repeat(errorCharacters))));
            events.forEach(event -> apply(codec.decode(codec.encode(event))));
            assertThat(reader.completed).isTrue();
            reader.cancel();
        }
        long taken = usedHeap() - before;
        assertThat(cache.all()).hasSize(streams);
        assertThat(cache.bytes()).isBetween(taken * 2 / 3, taken * 3 / 2);
    }

    private void load(Reader reader, List<TopicEvent> stored) {
        LiveStream stream = reader.reader.stream();
        stored.forEach(event -> cache.applyStored(stream, event));
        cache.loaded(stream);
    }

    /** Collected more than once: what is held by what has just become unreachable goes later. */
    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** A look-up overlaps with live events in any way. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void lookingUpAStreamLeavesNoGapAndNoDuplicate(long seed) {
        var random = new Random(seed);
        int tokens = random.nextInt(50);
        var topic = streamWithTakeovers(tokens, random);
        var records = records(topic);
        int joined = random.nextInt(topic.size() + 1);
        int lookedUpTo = joined + random.nextInt(topic.size() + 1 - joined);
        int from = random.nextInt(10);
        // subscribed at one point of the topic, looked up to a later one, live from the first
        var reader = reader(from, 10_000);
        cache.join("a", reader.reader::join);
        records.subList(joined, lookedUpTo).forEach(cache::apply);
        reader.begin(1 + random.nextInt(10));
        load(reader, records.subList(0, lookedUpTo));
        records.subList(lookedUpTo, topic.size()).forEach(cache::apply);
        reader.request(Long.MAX_VALUE);
        var expected = topic.stream().filter(event -> event instanceof TokenEvent.Token token
                ? token.seq() >= from
                : event.isLast() || from == 0 && event.attempt() == 1).toList();
        assertThat(reader.events).as("seed %d", seed).isEqualTo(expected);
        assertThat(reader.completed).isTrue();
    }

    private static List<TokenEvent> streamWithTakeovers(int tokens, Random random) {
        var topic = new ArrayList<TokenEvent>();
        int attempt = 1;
        topic.add(new TokenEvent.Started("a", attempt, "m", 1, 0));
        for (int seq = 0; seq < tokens; seq++) {
            if (random.nextInt(20) == 0) {
                attempt++;
                topic.add(new TokenEvent.Started("a", attempt, "m", 1, 0));
            }
            topic.add(token("a", attempt, seq));
        }
        topic.add(completed("a", attempt, tokens));
        return topic;
    }

    /** Named in each failure. */
    static List<Long> seeds() {
        return new Random().longs(50).boxed().toList();
    }

    private void apply(TokenEvent event) {
        apply(ORIGIN, event);
    }

    private void apply(String origin, TokenEvent event) {
        cache.apply(new TopicEvent(event, origin, "worker", offset++));
    }

    private static List<TopicEvent> records(List<TokenEvent> topic) {
        var records = new ArrayList<TopicEvent>();
        topic.forEach(event -> records.add(new TopicEvent(event, ORIGIN, "worker", records.size())));
        return records;
    }

    private void stream(String id, int tokens) {
        apply(new TokenEvent.Started(id, 1, "m", 1, 0));
        for (int seq = 0; seq < tokens; seq++) {
            apply(token(id, 1, seq));
        }
    }

    private Reader read(String id, int from, int maxBacklog, long demand) {
        var reader = reader(from, maxBacklog);
        cache.join(id, reader.reader::join);
        reader.begin(demand);
        return reader;
    }

    private Reader reader(int from, int maxBacklog) {
        return new Reader(from, maxBacklog);
    }

    private static TokenEvent token(String id, int attempt, int seq) {
        return new TokenEvent.Token(id, attempt, seq, "w" + seq, seq);
    }

    private static TokenEvent completed(String id, int seq) {
        return completed(id, 1, seq);
    }

    private static TokenEvent completed(String id, int attempt, int seq) {
        return new TokenEvent.Completed(id, attempt, seq, FinishReason.STOP, Usage.NONE, Timings.NONE);
    }

    private final class Reader extends BaseSubscriber<TokenEvent> {
        final List<TokenEvent> events = new ArrayList<>();
        StreamReader reader;
        private FluxSink<TokenEvent> sink;
        Throwable error;
        boolean completed;

        Reader(int from, int maxBacklog) {
            Flux.<TokenEvent>create(created -> {
                sink = created;
                reader = new StreamReader(from, maxBacklog, created);
            }, FluxSink.OverflowStrategy.ERROR).subscribe(this);
        }

        void begin(long demand) {
            sink.onDispose(() -> {
                reader.stream().leave(reader);
                cache.removeIfIdle(reader.stream());
            });
            sink.onRequest(_ -> reader.drain());
            request(demand);
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // demand comes with request()
        }

        @Override
        protected void hookOnNext(TokenEvent event) {
            events.add(event);
        }

        @Override
        protected void hookOnComplete() {
            completed = true;
        }

        @Override
        protected void hookOnError(Throwable thrown) {
            error = thrown;
        }
    }
}
