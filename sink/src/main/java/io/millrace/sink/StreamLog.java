package io.millrace.sink;

import io.millrace.schemas.TokenEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * The events of one stream from its beginning, each once and in order, whatever order they are applied in by workers that took
 * the stream over from each other: an event of a lower attempt, or of a token that is there, is passed over. Only grows.
 * Belongs to one thread, or to a lock.
 */
final class StreamLog {
    /** What an event takes besides its text: object headers, references, numbers. */
    private static final int EVENT_BYTES = 96;

    private final List<TokenEvent> events = new ArrayList<>();
    private int attempt;
    private int nextSeq;
    private long bytes;

    /** Adds an event; false if it is no news. */
    boolean apply(TokenEvent event) {
        if (event.attempt() < attempt || isEnded()) {
            return false;
        }
        boolean news = switch (event) {
            // a stream begins once, for those who follow it
            case TokenEvent.Started _ -> events.isEmpty();
            case TokenEvent.Token token -> token.seq() >= nextSeq;
            case TokenEvent.Completed _,TokenEvent.Failed _ -> true;
        };
        attempt = event.attempt();
        if (news) {
            events.add(event);
            bytes += EVENT_BYTES;
        }
        if (news && event instanceof TokenEvent.Token token) {
            nextSeq = token.seq() + 1;
            bytes += token.text().length();
        }
        return news;
    }

    /** Whether {@code event} begins another stream under the same id. */
    boolean isFollowedBy(TokenEvent event) {
        return isEnded() && event instanceof TokenEvent.Started && event.attempt() >= attempt;
    }

    TokenEvent get(int index) {
        return events.get(index);
    }

    int size() {
        return events.size();
    }

    boolean isEnded() {
        return !events.isEmpty() && events.getLast().isLast();
    }

    /** How much memory it takes, roughly. */
    long bytes() {
        return bytes;
    }
}
