package io.millrace.ingest;

import io.millrace.inference.GenerationEvent;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Prompt;
import java.time.Instant;
import java.util.Optional;
import reactor.core.publisher.Flux;

/** What ingest needs of an engine. Safe for any thread. */
public interface PromptRunner {
    /** The name of the model that is served. */
    String model();

    /**
     * Makes a prompt ready to generate: checks it against the model and tokenises it, which may take a while.
     *
     * @param deadline when it is no longer worth beginning; for the order of those that wait, and not to begin it later
     * @return cold; emits on any thread and only on demand; cancelling frees what it holds; fails with {@link
     *         io.millrace.inference.GenerationException}
     * @throws InvalidPromptException if this model or this version cannot do what the prompt asks for
     */
    Flux<GenerationEvent> run(Prompt prompt, Optional<Instant> deadline);
}
