package io.millrace.inference;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What to embed.
 *
 * @param tokens the text, as the model is to see it, beginning-of-sequence token and all; not empty
 * @param priority 0 (low) to 9 (high), as {@link GenerationRequest#priority}
 * @param deadline when it is no longer worth beginning; one that has begun goes on
 */
public record EmbeddingRequest(List<Integer> tokens, int priority, Optional<Instant> deadline) {
    public EmbeddingRequest {
        tokens = List.copyOf(tokens);
        if (tokens.isEmpty()) {
            throw new IllegalArgumentException("tokens must hold at least one token");
        }
        if (priority < 0 || priority > 9) {
            throw new IllegalArgumentException("priority must be from 0 to 9, not " + priority);
        }
    }
}
