package io.millrace.schemas;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A token and how likely the model thought it, before anything that sampling does.
 *
 * @param token the id in the model's vocabulary
 * @param bytes that the token stands for, each 0 to 255; they may end inside a UTF-8 character
 * @param logprob the natural logarithm of its probability, 0 at the most
 */
public record ScoredToken(int token, List<Integer> bytes, double logprob) {
    public ScoredToken {
        Counts.notNegative("token", token);
        bytes = List.copyOf(bytes);
        if (bytes.stream().anyMatch(value -> value < 0 || value > 255)) {
            throw new IllegalArgumentException("bytes must be from 0 to 255");
        }
        if (!(logprob <= 0) || Double.isInfinite(logprob)) {
            throw new IllegalArgumentException("logprob must be 0 or less, not " + logprob);
        }
    }

    /** The bytes as text, with U+FFFD for what is no whole character. */
    public String text() {
        var text = new ByteArrayOutputStream(bytes.size());
        bytes.forEach(text::write);
        return text.toString(StandardCharsets.UTF_8);
    }
}
