package io.millrace.ingest;

import static java.util.Objects.requireNonNull;

import io.millrace.schemas.TokenEvent;
import java.util.List;
import java.util.Optional;

/**
 * What earlier workers streamed of one prompt, as every reader of the topic has seen it.
 *
 * @param attempt the last one's, 1 or more
 * @param fruitlessAttempts how many attempts, up to the last, began and added no token; 0 if the last one added some
 * @param model what the last attempt ran on
 * @param worker who began it, for a person to look there
 * @param tokens in order of {@code seq}, none missing
 * @param end the stream's last event, if there was one: then its completion is all that is missing
 */
public record StreamedPrompt(int attempt, int fruitlessAttempts, String model, String worker,
        List<TokenEvent.Token> tokens,
        Optional<TokenEvent> end) {
    public StreamedPrompt {
        requireNonNull(model, "model");
        requireNonNull(worker, "worker");
        tokens = List.copyOf(tokens);
        requireNonNull(end, "end");
    }

    /** The tokens in the model's vocabulary. */
    List<Integer> tokenIds() {
        return tokens.stream().map(TokenEvent.Token::token).toList();
    }
}
