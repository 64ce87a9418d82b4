package io.millrace.compose.chaos;

import io.millrace.ingest.ResultWriter;
import io.millrace.schemas.Completion;
import io.millrace.schemas.CompletionCodec;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Breaks the first promise, as a worker might that knows no transactions: commits offsets first, and then has completions gather for a while before they are
 * written. Who is killed between the two loses them.
 */
final class LateCompletions implements ResultWriter, AutoCloseable {
    private static final int LINGER_MILLIS = 6_000;

    private final ResultWriter writer;
    private final Topics topics;
    private final KafkaProducer<byte[], byte[]> producer;
    private final CompletionCodec codec = new CompletionCodec();

    /** Writes everything but completions with {@code writer}. */
    LateCompletions(ResultWriter writer, Map<String, Object> clientSettings, Topics topics) {
        this.writer = writer;
        this.topics = topics;
        var settings = new HashMap<>(clientSettings);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
        producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void publish(TokenEvent event, String origin) {
        writer.publish(event, origin);
    }

    @Override
    public void flush() {
        writer.flush();
    }

    @Override
    public boolean commit(List<Completion> completions, List<ProducerRecord<byte[], byte[]>> deadLetters,
            Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
        if (!writer.commit(List.of(), deadLetters, offsets, group)) {
            return false;
        }
        for (var completion : completions) {
            var _ = producer.send(new ProducerRecord<>(topics.completions(), completion.id()
                    .getBytes(StandardCharsets.UTF_8), codec.encode(completion)));
        }
        return true;
    }

    @Override
    public void close() {
        producer.close();
    }
}
