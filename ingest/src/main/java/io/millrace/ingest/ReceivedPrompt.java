package io.millrace.ingest;

import static java.util.Objects.requireNonNullElse;

import io.millrace.inference.GenerationRequest;
import io.millrace.schemas.DeadLetterHeaders;
import io.millrace.schemas.ErrorDetail;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.PromptCodec;
import io.millrace.schemas.PromptHeaders;
import io.millrace.schemas.RequestId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A record as it came, with what entitles this worker to it.
 *
 * @param record key and value may be null, or anything at all
 * @param flow what is treated fairly against others: the prompt's conversation, else the record's key, else the record itself
 * @param priority 0 (low) to 9 (high)
 */
record ReceivedPrompt(ConsumerRecord<byte[], byte[]> record, Claim claim, String flow, int priority) {
    /** Reads as much as decides on its turn. One that cannot be read is refused in its turn, like a prompt with default settings. */
    static ReceivedPrompt of(ConsumerRecord<byte[], byte[]> record, Claim claim, PromptCodec codec) {
        var plain = new ReceivedPrompt(record, claim, null, GenerationRequest.DEFAULT_PRIORITY);
        String flow = plain.ownId();
        try {
            flow = requireNonNullElse(plain.keyId(), flow);
            Prompt prompt = codec.decode(record.value());
            return new ReceivedPrompt(record, claim, requireNonNullElse(prompt.conversation(), flow),
                    requireNonNullElse(prompt.priority(), plain.priority));
        } catch (InvalidPromptException e) {
            return new ReceivedPrompt(record, claim, flow, plain.priority);
        }
    }

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
        return claim.isInherited(record.offset());
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

    /** Which trace it belongs to, as its producer says; null if it does not say. */
    String traceParent() {
        Header header = record.headers().lastHeader(PromptHeaders.TRACE_PARENT);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
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
