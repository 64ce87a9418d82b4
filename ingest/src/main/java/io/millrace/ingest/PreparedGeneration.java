package io.millrace.ingest;

import io.millrace.inference.GenerationEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;

/** A prompt to go on from, tokenised. */
public non-sealed interface PreparedGeneration extends PreparedPrompt {
    /**
     * Generates the answer, or the rest of it.
     *
     * @param answerTokens the answer's first tokens, where another worker began it: they are not emitted again, and the next one's index
     *            is their count
     * @param deadline when it is no longer worth beginning; for the order of those that wait, and not to begin it later
     * @return cold; emits on any thread and only on demand; cancelling frees what it holds; fails with {@link
     *         io.millrace.inference.GenerationException}
     */
    Flux<GenerationEvent> generate(List<Integer> answerTokens, Optional<Instant> deadline);

    /** What reads the answer, from its first token on; empty if it is nothing but text. */
    default Optional<AnswerReading> reading() {
        return Optional.empty();
    }
}
