package io.millrace.sink;

import io.millrace.schemas.TokenEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * One stream in memory and those who read it. Readers share its events, each with a place of its own, so a reader costs the
 * same however slow it is. Safe for any thread.
 *
 * <p>A stream whose beginning was not seen is loading at first: what comes meanwhile is held back, and put behind what the
 * topic has.
 */
final class LiveStream {
    private final String id;
    private final Set<StreamReader> readers = new HashSet<>();
    private final List<TopicEvent> heldBack = new ArrayList<>();
    private StreamLog log = new StreamLog();
    /** The prompt that it is the answer to; null before the first event. */
    private String origin;
    private boolean loading;
    private long lastStored = -1;

    private LiveStream(String id, boolean loading) {
        this.id = id;
        this.loading = loading;
    }

    /** A stream of which nothing was missed. */
    static LiveStream fromBeginning(String id) {
        return new LiveStream(id, false);
    }

    /** A stream that needs {@link #loaded}. */
    static LiveStream toLoad(String id) {
        return new LiveStream(id, true);
    }

    String id() {
        return id;
    }

    /** Adds what came from the topic. Those readers who are to know of it are told later, with {@link #wakeReaders}. */
    synchronized void apply(TopicEvent event) {
        if (loading) {
            heldBack.add(event);
        } else {
            append(event);
        }
    }

    /** Adds what the topic held, in its order, while it is loading. */
    synchronized void applyStored(TopicEvent event) {
        append(event);
        lastStored = event.offset();
    }

    /** Takes what came meanwhile, which may overlap with what the topic held: there was nothing more of that. */
    synchronized void loaded() {
        heldBack.stream().filter(event -> event.offset() > lastStored).forEach(this::append);
        heldBack.clear();
        loading = false;
        readers.forEach(reader -> reader.joinedAt(log.size()));
    }

    /** An id may have been used before; the last stream counts. */
    private void append(TopicEvent event) {
        if (beginsAnother(event)) {
            log = new StreamLog();
            origin = null;
        }
        if (origin == null) {
            origin = event.origin();
        }
        if (origin.equals(event.origin())) {
            log.apply(event.event());
        }
    }

    /** What a worker that was away for long writes behind the end of its own stream begins nothing. */
    private boolean beginsAnother(TopicEvent event) {
        return log.isEnded() && event.event() instanceof TokenEvent.Started && !event.origin().equals(origin);
    }

    synchronized void join(StreamReader reader) {
        reader.joinedAt(size());
        readers.add(reader);
    }

    synchronized void leave(StreamReader reader) {
        readers.remove(reader);
    }

    /** Lets every reader go on; none of them blocks. */
    void wakeReaders() {
        readers().forEach(StreamReader::drain);
    }

    /** Ends every reader. */
    void failReaders(Function<StreamReader, Throwable> error) {
        readers().forEach(reader -> reader.fail(error.apply(reader)));
    }

    private synchronized List<StreamReader> readers() {
        return List.copyOf(readers);
    }

    /** The event at a place; null if it is yet to come. */
    synchronized TokenEvent get(int index) {
        return !loading && index < log.size() ? log.get(id, index) : null;
    }

    /** How many events readers may have. */
    synchronized int size() {
        return loading ? 0 : log.size();
    }

    /** What its id and its events take of the heap. */
    synchronized long bytes() {
        return TextBytes.of(id) + (origin == null ? 0 : TextBytes.of(origin)) + log.bytes();
    }

    synchronized boolean isEnded() {
        return !loading && log.isEnded();
    }

    /** Whether {@code event} begins another stream under the same id. */
    synchronized boolean isFollowedBy(TopicEvent event) {
        return !loading && beginsAnother(event);
    }

    /** Whether there is nothing to keep it for. */
    synchronized boolean isIdle() {
        return readers.isEmpty() && (loading || log.size() == 0);
    }
}
