package io.millrace.ingest;

import io.millrace.inference.GenerationEvent;
import io.millrace.schemas.AnswerDelta;
import io.millrace.schemas.AnswerMessage;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Result;
import io.millrace.schemas.Timings;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Usage;
import java.time.Duration;
import java.util.List;

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
    private TaskEvent.Done done;
    /** Null where the answer is nothing but text. */
    private AnswerReading reading;
    private AnswerMessage.Assembly message = new AnswerMessage.Assembly();
    private boolean hasMessage;
    private List<TokenEvent.Token> streamed = List.of();

    /** Another attempt begins, with what the earlier ones left. */
    void resume(StreamedPrompt streamed) {
        attempt = streamed.attempt();
        text.setLength(0);
        message = new AnswerMessage.Assembly();
        for (TokenEvent.Token token : streamed.tokens()) {
            text.append(token.text());
            add(token.delta());
        }
        tokens = streamed.tokens().size();
        this.streamed = streamed.tokens();
    }

    /** Reads the answer from here on, behind what was streamed of it. */
    void readBy(AnswerReading newReading) {
        reading = newReading;
        streamed.forEach(token -> reading.read(token.token(), token.text()));
        streamed = List.of();
    }

    private void add(AnswerDelta delta) {
        if (delta != null) {
            hasMessage = true;
            message.add(delta);
        }
    }

    void started(int newPromptTokens, int newCachedTokens, long recordTimestampMillis) {
        promptTokens = newPromptTokens;
        cachedTokens = newCachedTokens;
        // the record's clock may be another machine's
        queueMillis = Math.max(0, System.currentTimeMillis() - recordTimestampMillis);
        startedNanos = System.nanoTime();
    }

    /** Takes a token in; returns what it says, null where the answer is nothing but text. */
    AnswerDelta token(GenerationEvent.Token token) {
        text.append(token.text());
        lastTokenNanos = System.nanoTime();
        tokens++;
        if (firstTokenNanos == 0) {
            firstTokenNanos = lastTokenNanos;
        }
        AnswerDelta delta = reading == null ? null : reading.read(token.id(), token.text());
        add(delta);
        return delta;
    }

    /** The answer's last delta, once; null where the answer is nothing but text. */
    AnswerDelta lastDelta() {
        AnswerDelta delta = reading == null ? null : reading.end();
        add(delta);
        return delta;
    }

    /** Takes in how the stream ended. */
    void ended(TokenEvent.Completed end) {
        if (reading == null) {
            add(end.delta());
        }
    }

    /** All of the answer, read; null where it is nothing but text. */
    AnswerMessage message() {
        return hasMessage ? message.message() : null;
    }

    void finished(GenerationEvent.Finished event) {
        finished = event;
    }

    /** Takes in what a task came to of which nothing is generated. */
    void done(TaskEvent.Done event) {
        done = event;
    }

    /** What the task came to; null if something was generated, or nothing came of it. */
    Result result() {
        return done == null ? null : done.result();
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
        if (done != null) {
            return FinishReason.STOP;
        }
        if (finished == null) {
            return FinishReason.CANCELLED;
        }
        return switch (finished.reason()) {
            case END_OF_GENERATION, STOP_STRING -> message.hasCalls() ? FinishReason.TOOL_CALLS : FinishReason.STOP;
            case MAX_TOKENS, CONTEXT_FULL -> FinishReason.LENGTH;
        };
    }

    Usage usage() {
        return new Usage(promptTokens, tokens, cachedTokens);
    }

    Timings timings() {
        if (done != null) {
            return new Timings(queueMillis, millis(done.took()), 0);
        }
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
