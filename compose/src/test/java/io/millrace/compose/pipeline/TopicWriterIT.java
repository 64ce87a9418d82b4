package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.Completion;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Timings;
import io.millrace.schemas.Usage;
import io.millrace.sink.TopicWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TopicWriterIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    @Test
    void aWorkerThatIsNoMemberAnyMoreWritesNothingAndMayGoOn() {
        try (var pipeline = new Pipeline(CLUSTER);
                var writer = new TopicWriter(CLUSTER.clientSettings(), pipeline.topics, pipeline.topics.prefix())) {
            ConsumerGroupMetadata former;
            try (var consumer = consumer(pipeline)) {
                consumer.subscribe(List.of(pipeline.topics.prompts()));
                while (consumer.assignment().isEmpty()) {
                    consumer.poll(Duration.ofMillis(50));
                }
                former = consumer.groupMetadata();
            }
            assertThat(commit(writer, pipeline, "stale", 1, former)).isFalse();
            assertThat(commit(writer, pipeline, "good", 1, nobody(pipeline))).isTrue();
            assertThat(pipeline.completions.await(1)).extracting(Completion::id).containsExactly("good");
        }
    }

    @Test
    void aWriterThatWasFencedComesBack() {
        try (var pipeline = new Pipeline(CLUSTER);
                var first = new TopicWriter(CLUSTER.clientSettings(), pipeline.topics, pipeline.topics.prefix());
                var second = new TopicWriter(CLUSTER.clientSettings(), pipeline.topics, pipeline.topics.prefix())) {
            var group = nobody(pipeline);
            assertThat(commit(first, pipeline, "a", 1, group)).isTrue();
            assertThat(commit(second, pipeline, "b", 2, group)).isTrue();
            // fenced: nothing is written, and its producer is replaced
            assertThat(commit(first, pipeline, "c", 3, group)).isFalse();
            assertThat(commit(first, pipeline, "d", 3, group)).isTrue();
            assertThat(pipeline.completions.await(3)).extracting(Completion::id).containsExactlyInAnyOrder("a", "b",
                    "d");
        }
    }

    /** As whom offsets of a group without members are committed. */
    private static ConsumerGroupMetadata nobody(Pipeline pipeline) {
        try (var consumer = consumer(pipeline)) {
            return consumer.groupMetadata();
        }
    }

    private static Consumer<byte[], byte[]> consumer(Pipeline pipeline) {
        var settings = new HashMap<>(CLUSTER.clientSettings());
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, pipeline.topics.prefix());
        settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer");
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static boolean commit(TopicWriter writer, Pipeline pipeline, String id, long offset,
            ConsumerGroupMetadata group) {
        var completion = new Completion(id, 1, "m", "text", FinishReason.STOP, null, Usage.NONE, Timings.NONE, null);
        return writer.commit(List.of(completion), List.of(),
                Map.of(new TopicPartition(pipeline.topics.prompts(), 0), new OffsetAndMetadata(offset, "")), group);
    }
}
