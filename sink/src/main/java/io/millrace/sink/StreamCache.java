package io.millrace.sink;

import io.millrace.schemas.TokenEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Streams in memory, by id, within a bound. Beyond it, one that grows far larger than others goes first, so that it costs
 * nobody but its own readers; then finished streams, those used longest ago before others; then streams that still run. A
 * stream that goes ends its readers, who may come again and find it on the topic. Safe for any thread.
 */
final class StreamCache {
    /** What a stream takes of the heap besides its tokens and strings: its first and last event, its set of readers, the map's entry. */
    private static final int STREAM_BYTES = 600;
    /** Nobody's stream needs more than this part of the memory: 128k tokens take a sixth of the usual one. */
    private static final int LARGEST_PART = 4;

    private final long maxBytes;
    /** In order of use. */
    private final Map<String, LiveStream> streams = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    StreamCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Adds an event to its stream and tells the stream's readers. Events whose stream's beginning was missed are not kept. */
    void apply(TopicEvent read) {
        TokenEvent event = read.event();
        LiveStream stream;
        List<LiveStream> evicted;
        synchronized (this) {
            stream = streams.get(event.id());
            if (stream == null || stream.isFollowedBy(read)) {
                if (!(event instanceof TokenEvent.Started) || event.attempt() > 1) {
                    return;
                }
                stream = LiveStream.fromBeginning(event.id());
                put(stream);
            }
            long before = stream.bytes();
            stream.apply(read);
            bytes += stream.bytes() - before;
            evicted = evictFor(stream);
        }
        stream.wakeReaders();
        evicted.forEach(StreamCache::endReaders);
    }

    /**
     * Joins the stream of this id; {@code join} must be quick, as nothing else happens meanwhile.
     *
     * @return whether it is new, so that the caller must have it {@link #loaded}
     */
    synchronized boolean join(String id, Consumer<LiveStream> join) {
        LiveStream stream = streams.get(id);
        boolean isNew = stream == null;
        if (isNew) {
            stream = LiveStream.toLoad(id);
            put(stream);
        }
        join.accept(stream);
        return isNew;
    }

    /** Whether there is anything of this stream. */
    synchronized boolean contains(String id) {
        LiveStream stream = streams.get(id);
        return stream != null && stream.size() > 0;
    }

    /** Joins the stream that runs under this id, or the one that is about to begin. */
    synchronized void joinComing(String id, Consumer<LiveStream> join) {
        LiveStream stream = streams.get(id);
        if (stream == null || stream.isEnded()) {
            stream = LiveStream.fromBeginning(id);
            put(stream);
        }
        join.accept(stream);
    }

    /** Gives a stream that is to be loaded an event that the topic held. */
    synchronized void applyStored(LiveStream stream, TopicEvent event) {
        counting(stream, () -> stream.applyStored(event));
    }

    /** A stream has all that the topic held. */
    void loaded(LiveStream stream) {
        List<LiveStream> evicted;
        synchronized (this) {
            counting(stream, stream::loaded);
            evicted = evictFor(stream);
        }
        stream.wakeReaders();
        evicted.forEach(StreamCache::endReaders);
    }

    private void counting(LiveStream stream, Runnable change) {
        long before = stream.bytes();
        change.run();
        // it may have been forgotten meanwhile
        if (streams.get(stream.id()) == stream) {
            bytes += stream.bytes() - before;
        }
    }

    /** Forgets a stream at once. */
    synchronized void remove(LiveStream stream) {
        if (streams.remove(stream.id(), stream)) {
            bytes -= size(stream);
        }
    }

    /** Forgets a stream of which there is nothing, once nobody waits for it. */
    synchronized void removeIfIdle(LiveStream stream) {
        if (stream.isIdle()) {
            remove(stream);
        }
    }

    synchronized List<LiveStream> all() {
        return List.copyOf(streams.values());
    }

    synchronized long bytes() {
        return bytes;
    }

    private void put(LiveStream stream) {
        LiveStream former = streams.put(stream.id(), stream);
        bytes += size(stream) - (former == null ? 0 : size(former));
    }

    private List<LiveStream> evictFor(LiveStream current) {
        var evicted = new ArrayList<LiveStream>();
        if (bytes > maxBytes && size(current) > maxBytes / LARGEST_PART && streams.get(current.id()) == current) {
            remove(current);
            evicted.add(current);
        }
        if (bytes > maxBytes) {
            evict(current, true, evicted);
            evict(current, false, evicted);
        }
        return evicted;
    }

    private void evict(LiveStream current, boolean ended, List<LiveStream> evicted) {
        for (var each = streams.values().iterator(); bytes > maxBytes && each.hasNext();) {
            LiveStream stream = each.next();
            if (stream != current && stream.size() > 0 && stream.isEnded() == ended) {
                each.remove();
                bytes -= size(stream);
                evicted.add(stream);
            }
        }
    }

    private static void endReaders(LiveStream stream) {
        stream.failReaders(reader -> new SlowSubscriberException(stream.id(), reader.nextSeq()));
    }

    private static long size(LiveStream stream) {
        return STREAM_BYTES + stream.bytes();
    }
}
