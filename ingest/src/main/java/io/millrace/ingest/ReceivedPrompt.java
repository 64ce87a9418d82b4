package io.millrace.ingest;

import io.millrace.schemas.DeadLetterHeaders;
import io.millrace.schemas.ErrorDetail;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.RequestId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A record as it came, with the partition it came from.
 *
 * @param record key and value may be null, or anything at all
 */
record ReceivedPrompt(ConsumerRecord<byte[], byte[]> record, AssignedPartition partition) {
    /** How much memory it takes until its commit. */
    int bytes() {
        return Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
    }

    /** The record's place, {@code <partition>-<offset>}: also the id of a prompt that has no other. */
    String ownId() {
        return record.partition() + "-" + record.offset();
    }

    /** Whether another worker may have begun it before. */
    boolean isInherited() {
        return partition.isInherited(record.offset());
    }

    /**
     * The key as an id; null if there is no key.
     *
     * @throws InvalidPromptException if the key cannot be an id
     */
    String keyId() {
        byte[] key = record.key();
        if (key == null || key.length == 0) {
            return null;
        }
        try {
            String id = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString();
            RequestId.check(id);
            return id;
        } catch (CharacterCodingException e) {
            throw new InvalidPromptException(
                    "the record's key is not UTF-8, so it cannot be the prompt's id; send another key, or none");
        } catch (InvalidPromptException e) {
            throw new InvalidPromptException(e.code(),
                    "the record's key cannot be the prompt's id; send another key, or none: " + e.getMessage());
        }
    }

    /** Key and value as received, with headers that say why. */
    ProducerRecord<byte[], byte[]> deadLetter(String topic, ErrorDetail error) {
        var headers = new RecordHeaders();
        headers.add(DeadLetterHeaders.ERROR, utf8(error.code()));
        headers.add(DeadLetterHeaders.REASON, utf8(error.message()));
        headers.add(DeadLetterHeaders.TOPIC, utf8(record.topic()));
        headers.add(DeadLetterHeaders.PARTITION, utf8(String.valueOf(record.partition())));
        headers.add(DeadLetterHeaders.OFFSET, utf8(String.valueOf(record.offset())));
        return new ProducerRecord<>(topic, null, record.key(), record.value(), headers);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
