package io.millrace.sink;

import io.millrace.schemas.TokenEvent;
import java.util.ArrayList;
import java.util.Optional;

/** One prompt's events, taken in one after the other as they stand on the topic. Belongs to one thread, or to a lock. */
final class AttemptLog {
    /** Where on the topic it begins. */
    private final long firstOffset;
    /** What subscribers have seen of it; null once that is forgotten. */
    private StreamLog seen = new StreamLog();
    private int fruitlessAttempts;
    private String model;
    private String worker;

    /** A prompt's stream, of which nothing was read. */
    AttemptLog(long firstOffset) {
        this.firstOffset = firstOffset;
    }

    long firstOffset() {
        return firstOffset;
    }

    boolean isEnded() {
        return seen == null || seen.isEnded();
    }

    void apply(TopicEvent read) {
        TokenEvent event = read.event();
        if (isEnded() || isAfterAGap(event)) {
            return;
        }
        boolean beginsAnAttempt = event instanceof TokenEvent.Started && event.attempt() > seen.attempt();
        if (event instanceof TokenEvent.Started started && event.attempt() >= seen.attempt()) {
            model = started.model();
            worker = read.worker();
        }
        boolean isNews = seen.apply(event);
        if (beginsAnAttempt) {
            fruitlessAttempts++;
        } else if (isNews && event instanceof TokenEvent.Token) {
            fruitlessAttempts = 0;
        }
    }

    /** What came before is no longer on the topic: then there is nothing to continue. */
    private boolean isAfterAGap(TokenEvent event) {
        return event instanceof TokenEvent.Token token && token.seq() > seen.nextSeq();
    }

    /** Empty if no attempt was begun: a prompt may fail before. */
    Optional<InterruptedStream> stream(String id) {
        if (model == null) {
            return Optional.empty();
        }
        var tokens = new ArrayList<TokenEvent.Token>();
        for (int i = 0; i < seen.size(); i++) {
            if (seen.get(id, i) instanceof TokenEvent.Token token) {
                tokens.add(token);
            }
        }
        return Optional
                .of(new InterruptedStream(seen.attempt(), fruitlessAttempts, model, worker, tokens,
                        Optional.ofNullable(seen.last())));
    }

    /** Keeps but what tells that there is a stream, and that it has ended. */
    void forgetTokens() {
        seen = null;
    }
}
