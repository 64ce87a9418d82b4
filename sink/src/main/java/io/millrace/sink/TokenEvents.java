package io.millrace.sink;

import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TokenEventCodec;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records of the tokens topic as events. */
final class TokenEvents {
    private static final Logger LOG = LoggerFactory.getLogger(TokenEvents.class);

    private TokenEvents() {}

    /** The event; empty if anybody but a worker wrote the record, which stops no stream. */
    static Optional<TokenEvent> decode(TokenEventCodec codec, ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(codec.decode(record.value()));
        } catch (IllegalArgumentException e) {
            LOG.warn("record {}-{} at offset {} is no token event and is passed over: {}", record.topic(),
                    record.partition(), record.offset(), e.getMessage());
            return Optional.empty();
        }
    }
}
