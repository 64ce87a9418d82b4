package io.millrace.ingest;

import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import reactor.core.Disposable;

/** What entitles this worker to finish a prompt, for as long as nobody else may: all methods are safe for any thread. */
interface Claim {
    /** When it began. */
    Instant since();

    /** Whether another worker may have begun the prompt at {@code offset}. */
    boolean isInherited(long offset);

    /** Remembers what to stop when the claim ends; stops it at once if that has happened. */
    void running(Disposable prompt);

    /** What is no longer to be stopped. */
    void ended(Disposable prompt);

    /** Announces that a prompt has its completion, to be committed next; false if that must not happen any more. */
    boolean finishing();

    /** Counts the prompt at {@code offset} in what {@link #addProgress} says; not for claims that are gone. */
    void finish(long offset);

    /** Whether it is another worker's by now, so that nothing may be written. */
    boolean isGone();

    /** Adds what is to be committed with completions, if that is offsets. */
    void addProgress(Map<TopicPartition, OffsetAndMetadata> offsets);

    /** A prompt announced with {@link #finishing} is committed. */
    void committed(ReceivedPrompt prompt);
}
