package io.millrace.compose.client;

import io.millrace.schemas.TokenEvent;

/**
 * Where a reader stands in one stream. A stream that was taken over may carry events of the worker that lost it, and
 * tokens that were already read: both are passed over.
 */
final class StreamCursor {
    private int attempt;
    private int nextSeq;

    /** Whether {@code event} is news; if so, the cursor moves behind it. */
    boolean advance(TokenEvent event) {
        if (event.attempt() < attempt) {
            return false;
        }
        attempt = event.attempt();
        if (event instanceof TokenEvent.Token token) {
            if (token.seq() < nextSeq) {
                return false;
            }
            nextSeq = token.seq() + 1;
        }
        return true;
    }
}
