package io.millrace.ingest;

import io.millrace.schemas.Completion;
import io.millrace.schemas.TokenEvent;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** What ingest needs of whoever writes to topics. Its methods may block, and are called on virtual threads only. */
public interface ResultWriter {
    /**
     * Writes one event, at once and outside any transaction. Events of one id are written in the order of the calls.
     * Safe for any thread. May return before the event is on the topic; {@link #flush} and {@link #commit} make sure that it is.
     *
     * @param origin the prompt's record, {@code <partition>-<offset>}: whoever takes the prompt over must be able to tell its stream
     *            from another prompt's of the same id
     * @throws RuntimeException if events can no longer be written: the worker gives up
     */
    void publish(TokenEvent event, String origin);

    /**
     * Returns once every event published before is on its topic.
     *
     * @throws RuntimeException if events can no longer be written: the worker gives up
     */
    void flush();

    /**
     * Writes completions, dead letters and consumed offsets in one transaction, after every event published before.
     * Called by one thread at a time.
     *
     * @param offsets consumed offsets of the prompts' partitions, with metadata; empty if prompts are acknowledged in another way
     * @param group the consumer's membership, null if there are no offsets, which the broker checks: a worker that lost its partitions writes nothing
     * @return whether it is committed; if not, nothing was written, and it may be tried again with a newer membership
     * @throws RuntimeException if nothing can be written any more: the worker gives up
     */
    boolean commit(List<Completion> completions, List<ProducerRecord<byte[], byte[]>> deadLetters,
            Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group);
}
