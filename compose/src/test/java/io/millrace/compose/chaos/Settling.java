package io.millrace.compose.chaos;

import io.millrace.schemas.CompletionCodec;
import io.millrace.schemas.Topics;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Waits until every prompt has its completion, or none will come any more. */
final class Settling {
    private static final Duration POLL = Duration.ofMillis(200);
    /** Once workers say that all is done. */
    private static final Duration LAST_COMPLETIONS = Duration.ofSeconds(5);
    /** A worker that died is replaced after its session, and its transaction aborted after ten seconds. */
    private static final Duration NOTHING_NEW = Duration.ofSeconds(60);

    private final TopicRecords records;
    private final Topics topics;

    Settling(TopicRecords records, Topics topics) {
        this.records = records;
        this.topics = topics;
    }

    void await(List<String> ids) throws ExecutionException, InterruptedException {
        Set<String> missing = new HashSet<>(ids);
        var codec = new CompletionCodec();
        long newsNanos = System.nanoTime();
        try (KafkaConsumer<byte[], byte[]> consumer = records.consumer()) {
            consumer.assign(TopicRecords.partitions(consumer, topics.completions()));
            while (!missing.isEmpty() && !isQuiet(newsNanos)) {
                for (var record : consumer.poll(POLL)) {
                    if (missing.remove(codec.decode(record.value()).id())) {
                        newsNanos = System.nanoTime();
                    }
                }
            }
        }
    }

    private boolean isQuiet(long newsNanos) throws ExecutionException, InterruptedException {
        var quiet = Duration.ofNanos(System.nanoTime() - newsNanos);
        return quiet.compareTo(NOTHING_NEW) > 0 || quiet.compareTo(LAST_COMPLETIONS) > 0 && records.progress().values()
                .stream().allMatch(Progress::isComplete);
    }
}
