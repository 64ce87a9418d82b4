package io.millrace.sink;

import io.millrace.schemas.TokenEvent;
import java.util.List;
import java.util.Optional;

/**
 * What the topic holds of one prompt's stream, read as every subscriber reads it: events of a lower attempt than one before them are passed
 * over, and so are tokens that are there already.
 *
 * @param attempt the last one's, 1 or more
 * @param fruitlessAttempts how many attempts, up to the last, began and added no token; 0 if the last one added some
 * @param model what the last attempt ran on
 * @param worker who began it, as {@link io.millrace.schemas.TokenHeaders#WORKER} has it; "unknown" if it did not say
 * @param tokens in order of {@code seq}, none missing
 * @param end the stream's last event, if there was one
 */
public record InterruptedStream(int attempt, int fruitlessAttempts, String model, String worker,
        List<TokenEvent.Token> tokens,
        Optional<TokenEvent> end) {
    public InterruptedStream {
        tokens = List.copyOf(tokens);
    }
}
