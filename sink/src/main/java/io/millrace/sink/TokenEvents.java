package io.millrace.sink;

import io.millrace.schemas.TokenEventCodec;
import io.millrace.schemas.TokenHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records of the tokens topic as events. */
final class TokenEvents {
    private static final Logger LOG = LoggerFactory.getLogger(TokenEvents.class);

    private TokenEvents() {}

    /** The event; empty if anybody but a worker wrote the record, which stops no stream. */
    static Optional<TopicEvent> decode(TokenEventCodec codec, ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new TopicEvent(codec.decode(record.value()), text(record, TokenHeaders.PROMPT, ""),
                    text(record, TokenHeaders.WORKER, "unknown"), record.offset()));
        } catch (IllegalArgumentException e) {
            LOG.warn("record {}-{} at offset {} is no token event and is passed over: {}", record.topic(),
                    record.partition(), record.offset(), e.getMessage());
            return Optional.empty();
        }
    }

    private static String text(ConsumerRecord<byte[], byte[]> record, String name, String otherwise) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null
                ? otherwise
                : new String(header.value(), StandardCharsets.UTF_8);
    }
}
