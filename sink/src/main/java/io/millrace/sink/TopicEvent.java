package io.millrace.sink;

import static java.util.Objects.requireNonNull;

import io.millrace.schemas.TokenEvent;

/**
 * A token event, and where it comes from.
 *
 * @param origin the prompt's record, as {@link io.millrace.schemas.TokenHeaders#PROMPT} has it; empty if it does not say
 * @param worker who began the event's attempt, as {@link io.millrace.schemas.TokenHeaders#WORKER} has it; only {@code started} events say
 * @param offset its own place in its partition
 */
record TopicEvent(TokenEvent event, String origin, String worker, long offset) {
    TopicEvent {
        requireNonNull(event, "event");
        requireNonNull(origin, "origin");
        requireNonNull(worker, "worker");
    }
}
