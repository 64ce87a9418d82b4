package io.millrace.sink.http;

import io.millrace.schemas.TokenEvent;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** Asks for a stream's next event when there is room for it where events go. Belongs to that place's event loop. */
public abstract class PacedSubscriber extends BaseSubscriber<TokenEvent> {
    private boolean waiting = true;

    /** Whether there is no room. {@link #resume} must be called when there is again. */
    protected abstract boolean isFull();

    /** Passes an event on, for which there was room. */
    protected abstract void take(TokenEvent event);

    /** Begins, or goes on if it waits for room. */
    public final void resume() {
        if (waiting && !isFull()) {
            waiting = false;
            request(1);
        }
    }

    @Override
    protected final void hookOnSubscribe(Subscription subscription) {
        // demand comes with resume()
    }

    @Override
    protected final void hookOnNext(TokenEvent event) {
        waiting = true;
        take(event);
        resume();
    }
}
