package io.millrace.sink;

import io.millrace.schemas.TokenEvent;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.FluxSink;

/**
 * One subscriber's place in a stream. Emits on whichever thread brings events or demand, one at a time, and no more than was
 * asked for; what is not asked for waits in the stream, which all readers share.
 */
final class StreamReader {
    private final int from;
    private final int maxBacklogEvents;
    private final FluxSink<TokenEvent> subscriber;
    private final AtomicInteger wakeUps = new AtomicInteger();
    private volatile LiveStream stream;
    private volatile Throwable failure;
    private volatile int index;
    private volatile int joinedAt;
    private volatile int nextSeq;

    StreamReader(int from, int maxBacklogEvents, FluxSink<TokenEvent> subscriber) {
        this.from = from;
        this.nextSeq = from;
        this.maxBacklogEvents = maxBacklogEvents;
        this.subscriber = subscriber;
    }

    /** Takes a place in a stream, before anything else. */
    void join(LiveStream joined) {
        stream = joined;
        joined.join(this);
    }

    LiveStream stream() {
        return stream;
    }

    /** How long the stream was when this reader came. */
    void joinedAt(int size) {
        joinedAt = size;
    }

    /** The first {@code seq} not delivered. */
    int nextSeq() {
        return nextSeq;
    }

    void fail(Throwable error) {
        failure = error;
        drain();
    }

    /** Emits what is there and asked for. */
    void drain() {
        // only what came while it was subscribed is backlog: a replay waits as long as it likes
        if (stream.size() - Math.max(index, joinedAt) > maxBacklogEvents) {
            failure = new SlowSubscriberException(stream.id(), nextSeq);
        }
        if (wakeUps.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            if (emit()) {
                return;
            }
            seen = wakeUps.addAndGet(-seen);
        } while (seen != 0);
    }

    /** Returns whether that was the end. */
    private boolean emit() {
        while (failure == null && !subscriber.isCancelled()) {
            int place = index;
            TokenEvent event = stream.get(place);
            if (event == null) {
                return false;
            }
            if (isWanted(event)) {
                if (subscriber.requestedFromDownstream() == 0) {
                    return failIfAny();
                }
                subscriber.next(event);
                if (event instanceof TokenEvent.Token token) {
                    nextSeq = token.seq() + 1;
                }
            }
            index = place + 1;
            if (event.isLast()) {
                subscriber.complete();
                return true;
            }
        }
        return failIfAny();
    }

    private boolean failIfAny() {
        if (failure != null) {
            subscriber.error(failure instanceof SlowSubscriberException
                    ? new SlowSubscriberException(stream.id(), nextSeq)
                    : failure);
        }
        return failure != null || subscriber.isCancelled();
    }

    private boolean isWanted(TokenEvent event) {
        return switch (event) {
            case TokenEvent.Started _ -> from == 0;
            case TokenEvent.Token token -> token.seq() >= from;
            case TokenEvent.Completed _,TokenEvent.Failed _ -> true;
        };
    }
}
