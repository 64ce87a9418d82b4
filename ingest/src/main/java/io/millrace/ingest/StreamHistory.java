package io.millrace.ingest;

import java.time.Instant;
import java.util.Optional;

/** What ingest needs of whoever reads token events back. Safe for any thread that may block. */
public interface StreamHistory {
    /**
     * What was streamed of a prompt.
     *
     * @param origin its record, {@code <partition>-<offset>}, as an id may have been used before
     * @param timestampMillis its record's timestamp, before which nothing was streamed of it
     * @param asOf everything that was on the topic at this time counts
     * @return empty if no attempt began
     * @throws RuntimeException if the topic cannot be read: the worker gives up
     */
    Optional<StreamedPrompt> find(String id, String origin, long timestampMillis, Instant asOf);
}
