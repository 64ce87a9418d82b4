package io.millrace.compose.client;

import io.millrace.compose.client.TopicReader.From;
import io.millrace.compose.client.TopicReader.Isolation;
import io.millrace.schemas.Completion;
import io.millrace.schemas.CompletionCodec;
import io.millrace.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The completions that are written from now on, once their transactions are committed. */
public final class CompletionFeed implements AutoCloseable {
    private final TopicReader reader;
    private final CompletionCodec codec = new CompletionCodec();

    public CompletionFeed(BrokerAddress address, Topics topics) {
        this.reader = new TopicReader(address, topics.completions(), Isolation.READ_COMMITTED, From.END);
    }

    /** Waits for completions of the ids that {@code wanted} accepts, at most this long. */
    public List<Completion> next(Duration timeout, Predicate<String> wanted) {
        var completions = new ArrayList<Completion>();
        for (var record : reader.poll(timeout)) {
            if (record.key() != null && wanted.test(record.key()) && record.value() != null) {
                completions.add(codec.decode(record.value()));
            }
        }
        return completions;
    }

    /** For how long Kafka has been out of reach, which shows in no other way; zero while it is not. */
    public Duration outOfReach() {
        return reader.outOfReach();
    }

    @Override
    public void close() {
        reader.close();
    }
}
