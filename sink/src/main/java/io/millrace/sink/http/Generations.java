package io.millrace.sink.http;

import io.millrace.schemas.Prompt;
import io.millrace.schemas.TokenEvent;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Flux;

/** What is generated, wherever that happens. Safe for any thread; nothing here blocks. */
public interface Generations {
    /**
     * The stream of a prompt that is about to be sent. To be subscribed to before that, so that nothing is missed.
     *
     * @return ends with an {@link ApiException} if it cannot be read to its end
     */
    Flux<TokenEvent> expect(String id);

    /**
     * A stream from the token {@code from} on: what there is of it, then what comes, to its end. With 0 it begins with its first event. One that nobody knows is
     * waited for.
     *
     * @return ends with an {@link ApiException} if it cannot be read to its end
     */
    Flux<TokenEvent> follow(String id, int from);

    /** Whether there is a stream of this id: not before its prompt is begun. Fails with an {@link ApiException}. */
    CompletionStage<Boolean> exists(String id);

    /**
     * Sends a prompt, which has an id. Completes when it cannot be lost any more; fails with an {@link ApiException}.
     *
     * @param traceParent the trace that it belongs to; null if to none
     */
    CompletionStage<Void> submit(Prompt prompt, String traceParent);

    /** Asks for a generation to end, wherever it runs; whether that can be done is nobody's concern who has gone away. */
    void cancel(String id);

    /** Whether streams can be read. */
    boolean isHealthy();
}
