package io.millrace.compose.chaos;

import io.millrace.schemas.Prompt;

/**
 * A prompt, and where the topic has it.
 *
 * @param prompt as a worker will understand it, with its id
 * @param isInvalid whether it must become a dead letter
 */
record Sent(Prompt prompt, int partition, long offset, boolean isInvalid) {
    String id() {
        return prompt.id();
    }

    /** The record's place, as token events and dead letters name it. */
    String origin() {
        return partition + "-" + offset;
    }
}
