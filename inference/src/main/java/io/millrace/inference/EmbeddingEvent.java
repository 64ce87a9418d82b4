package io.millrace.inference;

import java.time.Duration;
import java.util.List;

/** What {@link Engine#embed} emits: one {@link Started}, then one {@link Embedded}. */
public sealed interface EmbeddingEvent {
    /** The first tokens are about to be computed. */
    record Started(int tokens) implements EmbeddingEvent {}

    /**
     * All tokens were computed.
     *
     * @param values as many as the model is wide, of Euclidean length 1
     * @param computed from the first step to the last
     */
    record Embedded(List<Float> values, Duration computed) implements EmbeddingEvent {
        public Embedded {
            values = List.copyOf(values);
        }
    }
}
