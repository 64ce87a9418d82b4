package io.millrace.sink;

import io.millrace.schemas.TokenEvent;

/**
 * The events of one stream from its beginning, each once and in order, whatever order they are applied in by workers that took
 * the stream over from each other: an event of a lower attempt, or of a token that is there, is passed over. Only grows.
 * Belongs to one thread, or to a lock.
 */
final class StreamLog {
    private final PackedTokens tokens = new PackedTokens();
    /** The first event; null if the topic no longer has it. */
    private TokenEvent.Started started;
    /** The last event; null before it is there. */
    private TokenEvent last;
    private int attempt;
    private int nextSeq;
    /** What the strings of the first and the last event take of the heap. */
    private long textBytes;

    /** Adds an event; false if it is no news. */
    boolean apply(TokenEvent event) {
        if (event.attempt() < attempt || isEnded()) {
            return false;
        }
        attempt = event.attempt();
        return switch (event) {
            case TokenEvent.Started first -> begin(first);
            case TokenEvent.Token token -> add(token);
            case TokenEvent.Completed _,TokenEvent.Failed _ -> end(event);
        };
    }

    /** A stream begins once, for those who follow it. */
    private boolean begin(TokenEvent.Started first) {
        if (size() > 0) {
            return false;
        }
        started = first;
        textBytes += TextBytes.of(first.id()) + TextBytes.of(first.model());
        return true;
    }

    private boolean add(TokenEvent.Token token) {
        if (token.seq() < nextSeq) {
            return false;
        }
        tokens.add(token);
        nextSeq = token.seq() + 1;
        return true;
    }

    private boolean end(TokenEvent event) {
        last = event;
        textBytes += TextBytes.of(event.id());
        if (event instanceof TokenEvent.Failed failed) {
            textBytes += TextBytes.of(failed.error().code()) + TextBytes.of(failed.error().message());
        }
        if (event instanceof TokenEvent.Completed completed) {
            textBytes += PackedTokens.bytes(completed.result())
                    + (completed.delta() == null ? 0 : PackedTokens.bytes(completed.delta()));
        }
        tokens.trim();
        return true;
    }

    /** The event at a place of the stream of this id. */
    TokenEvent get(String id, int index) {
        int token = index - firsts();
        if (token < 0) {
            return started;
        }
        return token < tokens.size() ? tokens.get(id, token) : last;
    }

    /** The last event's. */
    int attempt() {
        return attempt;
    }

    /** One more than the last token's {@code seq}. */
    int nextSeq() {
        return nextSeq;
    }

    /** The last event; null before it is there. */
    TokenEvent last() {
        return last;
    }

    int size() {
        return firsts() + tokens.size() + (isEnded() ? 1 : 0);
    }

    private int firsts() {
        return started == null ? 0 : 1;
    }

    boolean isEnded() {
        return last != null;
    }

    /** What its tokens take of the heap, and all strings. */
    long bytes() {
        return tokens.bytes() + textBytes;
    }
}
