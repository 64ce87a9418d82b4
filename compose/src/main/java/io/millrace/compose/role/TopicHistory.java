package io.millrace.compose.role;

import io.millrace.ingest.StreamHistory;
import io.millrace.ingest.StreamedPrompt;
import io.millrace.sink.TakeoverReplay;
import java.time.Instant;
import java.util.Optional;

/** What earlier workers streamed is on the topic. The replay stays its owner's to close. */
public record TopicHistory(TakeoverReplay replay) implements StreamHistory {
    @Override
    public Optional<StreamedPrompt> find(String id, String origin, long timestampMillis, Instant asOf) {
        return replay.find(id, origin, timestampMillis, asOf)
                .map(stream -> new StreamedPrompt(stream.attempt(), stream.fruitlessAttempts(), stream.model(),
                        stream.worker(),
                        stream.tokens(), stream.end()));
    }
}
