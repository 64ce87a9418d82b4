package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * How likely a sampled token was, and which others were.
 *
 * @param chosen the sampled token
 * @param top the most likely tokens, the sampled one perhaps among them, the first first; as many as the prompt asks for
 */
public record TokenLogprobs(ScoredToken chosen, List<ScoredToken> top) {
    public TokenLogprobs {
        requireNonNull(chosen, "chosen");
        top = List.copyOf(top);
    }
}
