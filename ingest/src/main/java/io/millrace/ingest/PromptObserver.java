package io.millrace.ingest;

import io.millrace.schemas.FinishReason;
import java.util.List;

/**
 * Learns what becomes of a worker's prompts. Called on many threads; must neither block nor throw.
 */
public interface PromptObserver {
    /** Learns nothing. */
    PromptObserver NONE = new PromptObserver() {};

    /**
     * A prompt has its place in hand.
     *
     * @param timestampMillis of its record, milliseconds since the epoch
     */
    default void admitted(String id, long timestampMillis) {}

    /**
     * As {@link #admitted(String, long)}.
     *
     * @param traceParent the record's header of that name, as its producer wrote it; null if there is none
     */
    default void admitted(String id, long timestampMillis, String traceParent) {
        admitted(id, timestampMillis);
    }

    /** Its prefill begins. */
    default void started(String id, int promptTokens, int cachedTokens) {}

    /** One token more. */
    default void token(String id) {}

    /**
     * It has come to its end; perhaps without having begun.
     *
     * @param timestampMillis of its record, milliseconds since the epoch
     */
    default void ended(String id, long timestampMillis, FinishReason reason) {}

    /**
     * What becomes of the completion of a prompt that was admitted and has ended.
     *
     * @param published whether it is on the topic; else the prompt is another worker's by now
     */
    default void settled(String id, boolean published) {}

    /** Another worker is to go on with it. Also called of one that has ended, which then means nothing. */
    default void handedOver(String id) {}

    /** Tells each of these in turn. */
    static PromptObserver all(List<PromptObserver> observers) {
        return new PromptObserver() {
            @Override
            public void admitted(String id, long timestampMillis) {
                observers.forEach(observer -> observer.admitted(id, timestampMillis));
            }

            @Override
            public void admitted(String id, long timestampMillis, String traceParent) {
                observers.forEach(observer -> observer.admitted(id, timestampMillis, traceParent));
            }

            @Override
            public void started(String id, int promptTokens, int cachedTokens) {
                observers.forEach(observer -> observer.started(id, promptTokens, cachedTokens));
            }

            @Override
            public void token(String id) {
                observers.forEach(observer -> observer.token(id));
            }

            @Override
            public void ended(String id, long timestampMillis, FinishReason reason) {
                observers.forEach(observer -> observer.ended(id, timestampMillis, reason));
            }

            @Override
            public void settled(String id, boolean published) {
                observers.forEach(observer -> observer.settled(id, published));
            }

            @Override
            public void handedOver(String id) {
                observers.forEach(observer -> observer.handedOver(id));
            }
        };
    }
}
