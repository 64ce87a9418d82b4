package io.millrace.sink;

import io.millrace.schemas.Completion;
import io.millrace.schemas.CompletionCodec;
import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.ErrorDetail;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Topics;
import io.millrace.sink.OffsetTransactions.OversizedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what a worker produces: token events at once, completions together with consumed offsets in transactions. */
public final class TopicWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicWriter.class);

    private final Topics topics;
    private final TokenPublisher tokens;
    private final OffsetTransactions transactions;
    private final CompletionCodec codec = new CompletionCodec();

    /**
     * Connects lazily.
     *
     * @param clientSettings settings for Kafka's clients: {@code bootstrap.servers}, and security if there is any
     * @param transactionalId no other writer's at the same time: it would be fenced. Attempts bear it as the name of their worker
     */
    public TopicWriter(Map<String, Object> clientSettings, Topics topics, String transactionalId) {
        this.topics = topics;
        this.tokens = new TokenPublisher(clientSettings, topics.tokens(), transactionalId);
        this.transactions = new OffsetTransactions(clientSettings, transactionalId);
    }

    /**
     * Writes one event outside any transaction; blocks while the producer's buffer is full. Safe for any thread.
     *
     * @param origin the prompt's record, as {@link io.millrace.schemas.TokenHeaders#PROMPT} has it
     * @throws KafkaException if this or an earlier event can never be written
     */
    public void publish(TokenEvent event, String origin) {
        tokens.publish(event, origin);
    }

    /**
     * Returns once every event published before is on its topic. Safe for any thread.
     *
     * @throws KafkaException if one of them can never be written
     */
    public void flush() {
        tokens.flush();
    }

    /**
     * Writes completions, dead letters and consumed offsets in one transaction, once every event published before is on its
     * topic. Blocks until the outcome is known. One thread at a time.
     *
     * <p>A record that is larger than its topic takes is written in a shorter form: a completion as one that failed, a dead
     * letter without its value; its headers say where the value still is.
     *
     * @return whether it is committed; if not, nothing of it was written
     * @throws KafkaException if nothing can be written any more
     */
    public boolean commit(List<Completion> completions, List<ProducerRecord<byte[], byte[]>> deadLetters,
            Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
        tokens.flush();
        Map<ProducerRecord<byte[], byte[]>, ProducerRecord<byte[], byte[]>> standIns = new HashMap<>();
        deadLetters.forEach(letter -> standIns.put(letter, withoutValue(letter)));
        completions.forEach(completion -> standIns.put(record(completion), record(tooLarge(completion))));
        var records = new ArrayList<>(standIns.keySet());
        while (true) {
            try {
                return transactions.commit(records, offsets, group);
            } catch (OversizedRecordException e) {
                ProducerRecord<byte[], byte[]> standIn = standIns.get(e.record());
                if (standIn == null) {
                    throw e;
                }
                // else the same record would stop its partition for ever
                LOG.atWarn().addKeyValue("key", key(e.record())).log("{}; what stands in for it says so", e
                        .getMessage());
                records.replaceAll(record -> record.equals(e.record()) ? standIn : record);
            }
        }
    }

    private static String key(ProducerRecord<byte[], byte[]> record) {
        return record.key() == null ? "none" : new String(record.key(), StandardCharsets.UTF_8);
    }

    private ProducerRecord<byte[], byte[]> record(Completion completion) {
        return new ProducerRecord<>(topics.completions(), completion.id().getBytes(StandardCharsets.UTF_8),
                codec.encode(completion));
    }

    private static Completion tooLarge(Completion completion) {
        var error = new ErrorDetail(ErrorCode.INTERNAL,
                "the completion is larger than its topic takes: raise the topic's max.message.bytes, or ask for less");
        return new Completion(completion.id(), completion.attempt(), completion.model(), "", FinishReason.ERROR, error,
                completion.usage(), completion.timings(), null);
    }

    private static ProducerRecord<byte[], byte[]> withoutValue(ProducerRecord<byte[], byte[]> letter) {
        return new ProducerRecord<>(letter.topic(), null, letter.key(), null, letter.headers());
    }

    /** Waits a little for events on their way. */
    @Override
    public void close() {
        tokens.close();
        transactions.close();
    }
}
