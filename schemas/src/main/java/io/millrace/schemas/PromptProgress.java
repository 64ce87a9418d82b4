package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

/**
 * How far one prompt has come with its worker. Times are milliseconds since the epoch, by the worker's clock but for {@code received}; null for what has not
 * happened.
 *
 * @param received the record's timestamp
 * @param admitted when it got its place in hand
 * @param started when its prefill began
 * @param promptTokens 0 before it was started, like {@code cachedTokens}
 * @param tokens that were generated
 */
public record PromptProgress(String id, Stage stage, long received, Long admitted, Long started, Long firstToken,
        Long ended, int promptTokens, int cachedTokens, int tokens) {
    /** Where a prompt is; in JSON the name in lower case. */
    public enum Stage {
        /** In hand, and perhaps in the engine, which has not begun it. */
        ADMITTED,
        PREFILL,
        DECODE,
        COMPLETED,
        FAILED,
        CANCELLED
    }

    public PromptProgress {
        requireNonNull(id, "id");
        requireNonNull(stage, "stage");
        Counts.notNegative("prompt_tokens", promptTokens);
        Counts.notNegative("cached_tokens", cachedTokens);
        Counts.notNegative("tokens", tokens);
    }

    /** One that has come to a worker. */
    public static PromptProgress received(String id, long timestamp) {
        return new PromptProgress(id, Stage.ADMITTED, timestamp, null, null, null, null, 0, 0, 0);
    }

    public PromptProgress admittedAt(long now) {
        return new PromptProgress(id, Stage.ADMITTED, received, now, null, null, null, 0, 0, 0);
    }

    public PromptProgress startedAt(long now, int ofPrompt, int cached) {
        return new PromptProgress(id, Stage.PREFILL, received, admitted, now, null, null, ofPrompt, cached, tokens);
    }

    /** With one token more. */
    public PromptProgress tokenAt(long now) {
        return new PromptProgress(id, Stage.DECODE, received, admitted, started, firstToken == null ? now : firstToken,
                null, promptTokens, cachedTokens, tokens + 1);
    }

    public PromptProgress endedAt(long now, Stage end) {
        return new PromptProgress(id, end, received, admitted, started, firstToken, now, promptTokens, cachedTokens,
                tokens);
    }

    public boolean hasEnded() {
        return ended != null;
    }
}
