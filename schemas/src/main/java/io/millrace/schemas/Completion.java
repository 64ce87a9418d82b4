package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The one final record of a prompt, on the topic {@code completions}.
 *
 * @param text all generated text, or what a task came to that makes one; what there was of it when the generation failed or was cancelled
 * @param message the text, read as content and tool calls; null unless the prompt offers tools and was answered
 * @param result what the prompt's task came to; null where that is the text, or something was generated
 * @param error why it failed; null unless {@code finishReason} is {@link FinishReason#ERROR}
 * @param metadata what the prompt carried under this name, untouched; null if it carried none
 */
public record Completion(String id, int attempt, String model, String text, AnswerMessage message, Result result,
        FinishReason finishReason, ErrorDetail error, Usage usage, Timings timings, JsonNode metadata) {
    public Completion {
        requireNonNull(id, "id");
        requireNonNull(model, "model");
        requireNonNull(text, "text");
        requireNonNull(finishReason, "finishReason");
        requireNonNull(usage, "usage");
        requireNonNull(timings, "timings");
        Counts.positive("attempt", attempt);
        if ((error != null) != (finishReason == FinishReason.ERROR)) {
            throw new IllegalArgumentException(
                    "a completion has an error if and only if its finish_reason is error; id "
                            + id);
        }
        if (result instanceof Result.Text) {
            throw new IllegalArgumentException("a text that a task comes to is the completion's text; id " + id);
        }
    }

    /** One of nothing but text. */
    public Completion(String id, int attempt, String model, String text, FinishReason finishReason,
            ErrorDetail error, Usage usage, Timings timings, JsonNode metadata) {
        this(id, attempt, model, text, null, null, finishReason, error, usage, timings, metadata);
    }
}
