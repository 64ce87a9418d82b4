package io.millrace.sink;

import io.millrace.schemas.TokenEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One prompt's events, taken in one after the other as they stand on the topic. Belongs to one thread, or to a lock. */
final class AttemptLog {
    /** Where on the topic it begins. */
    private final long firstOffset;
    private final List<Integer> tokens = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private int attempt;
    private int fruitlessAttempts;
    private String model;
    private TokenEvent end;

    /** A prompt's stream, of which nothing was read. */
    AttemptLog(long firstOffset) {
        this.firstOffset = firstOffset;
    }

    long firstOffset() {
        return firstOffset;
    }

    boolean isEnded() {
        return end != null;
    }

    void apply(TokenEvent event) {
        if (event.attempt() < attempt || isEnded()) {
            return;
        }
        switch (event) {
            case TokenEvent.Started started -> begin(started);
            case TokenEvent.Token token -> add(token);
            case TokenEvent.Completed _,TokenEvent.Failed _ -> end = event;
        }
        attempt = event.attempt();
    }

    private void begin(TokenEvent.Started started) {
        // an attempt that is announced twice is one
        if (started.attempt() > attempt) {
            fruitlessAttempts++;
        }
        model = started.model();
    }

    private void add(TokenEvent.Token token) {
        if (token.seq() == tokens.size()) {
            tokens.add(token.token());
            text.append(token.text());
            fruitlessAttempts = 0;
        }
    }

    /** Empty if no attempt was begun: a prompt may fail before. */
    Optional<InterruptedStream> stream() {
        return model == null
                ? Optional.empty()
                : Optional.of(new InterruptedStream(attempt, fruitlessAttempts, model, tokens, text.toString(),
                        Optional.ofNullable(end)));
    }

    /** Keeps but what tells that there is a stream, and that it has ended. */
    void forgetTokens() {
        tokens.clear();
        text.setLength(0);
        text.trimToSize();
    }
}
