package io.millrace.ingest;

import io.millrace.inference.GenerationEvent;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Timings;
import io.millrace.schemas.Usage;
import java.time.Duration;

/** What one prompt's workers have produced so far, the earlier ones among them. Belongs to one stream of events. */
final class Transcript {
    private final StringBuilder text = new StringBuilder();
    private int attempt = 1;
    private int promptTokens;
    private int cachedTokens;
    private int tokens;
    private double queueMillis;
    private long startedNanos;
    private long firstTokenNanos;
    private long lastTokenNanos;
    private GenerationEvent.Finished finished;

    /** Another attempt begins, with what the earlier ones left. */
    void resume(StreamedPrompt streamed) {
        attempt = streamed.attempt();
        text.setLength(0);
        text.append(streamed.text());
        tokens = streamed.tokens().size();
    }

    void started(GenerationEvent.Started started, long recordTimestampMillis) {
        promptTokens = started.promptTokens();
        cachedTokens = started.cachedTokens();
        // the record's clock may be another machine's
        queueMillis = Math.max(0, System.currentTimeMillis() - recordTimestampMillis);
        startedNanos = System.nanoTime();
    }

    void token(GenerationEvent.Token token) {
        text.append(token.text());
        lastTokenNanos = System.nanoTime();
        tokens++;
        if (firstTokenNanos == 0) {
            firstTokenNanos = lastTokenNanos;
        }
    }

    void finished(GenerationEvent.Finished event) {
        finished = event;
    }

    /** Which attempt this is, from 1. */
    int attempt() {
        return attempt;
    }

    String text() {
        return text.toString();
    }

    /** How many tokens there are: the next one's {@code seq}. */
    int tokens() {
        return tokens;
    }

    /** Why the generation ended; one that ended without saying why was cancelled. */
    FinishReason finishReason() {
        if (finished == null) {
            return FinishReason.CANCELLED;
        }
        return switch (finished.reason()) {
            case END_OF_GENERATION, STOP_STRING -> FinishReason.STOP;
            case MAX_TOKENS, CONTEXT_FULL -> FinishReason.LENGTH;
        };
    }

    Usage usage() {
        return new Usage(promptTokens, tokens, cachedTokens);
    }

    Timings timings() {
        if (finished != null) {
            return new Timings(queueMillis, millis(finished.prefill()), millis(finished.decode()));
        }
        return firstTokenNanos == 0
                ? new Timings(queueMillis, 0, 0)
                : new Timings(queueMillis, millis(Duration.ofNanos(firstTokenNanos - startedNanos)),
                        millis(Duration.ofNanos(lastTokenNanos - firstTokenNanos)));
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
