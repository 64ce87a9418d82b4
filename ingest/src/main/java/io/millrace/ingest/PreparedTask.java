package io.millrace.ingest;

import java.time.Instant;
import java.util.Optional;
import reactor.core.publisher.Flux;

/** A prompt of which nothing is generated. */
public non-sealed interface PreparedTask extends PreparedPrompt {
    /**
     * Does it.
     *
     * @param deadline when it is no longer worth beginning
     * @return cold; {@link TaskEvent.Started}, then {@link TaskEvent.Done}, on any thread; cancelling frees what it holds; fails with {@link
     *         io.millrace.inference.GenerationException}
     */
    Flux<TaskEvent> run(Optional<Instant> deadline);
}
