package io.millrace.compose.role;

import io.millrace.ingest.ResultWriter;
import io.millrace.schemas.Completion;
import io.millrace.schemas.TokenEvent;
import io.millrace.sink.TopicWriter;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** A worker's results go to topics. The writer stays its owner's to close. */
public record TopicResults(TopicWriter writer) implements ResultWriter {
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
        return writer.commit(completions, deadLetters, offsets, group);
    }
}
