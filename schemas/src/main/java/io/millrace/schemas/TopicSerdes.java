package io.millrace.schemas;

import java.util.function.Function;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Serializers and deserializers for Kafka's clients. Null stands for a tombstone both ways. A value that cannot be
 * understood is a {@link SerializationException} naming topic and reason. There is none for prompts: what people
 * produce may be wrong and belongs to the dead letters then, so it is consumed as bytes and read with {@link
 * PromptCodec}. All are safe for any thread.
 */
public final class TopicSerdes {
    private static final TokenEventCodec TOKEN_EVENTS = new TokenEventCodec();
    private static final CompletionCodec COMPLETIONS = new CompletionCodec();
    private static final ControlCodec CONTROL = new ControlCodec();
    private static final WorkerReportCodec WORKER_REPORTS = new WorkerReportCodec();

    private TopicSerdes() {}

    /** For {@link Topics#tokens()}. */
    public static Serde<TokenEvent> tokenEvents() {
        return serde(TOKEN_EVENTS::encode, TOKEN_EVENTS::decode);
    }

    /** For {@link Topics#completions()}. */
    public static Serde<Completion> completions() {
        return serde(COMPLETIONS::encode, COMPLETIONS::decode);
    }

    /** For {@link Topics#control()}. */
    public static Serde<Control> control() {
        return serde(CONTROL::encode, CONTROL::decode);
    }

    /** For {@link Topics#workers()}. */
    public static Serde<WorkerReport> workerReports() {
        return serde(WORKER_REPORTS::encode, WORKER_REPORTS::decode);
    }

    private static <T> Serde<T> serde(Function<T, byte[]> encode, Function<byte[], T> decode) {
        Serializer<T> serializer = (_, value) -> value == null ? null : encode.apply(value);
        Deserializer<T> deserializer = (topic, bytes) -> {
            try {
                return bytes == null ? null : decode.apply(bytes);
            } catch (IllegalArgumentException e) {
                throw new SerializationException("a value on " + topic + " cannot be read: " + e.getMessage(), e);
            }
        };
        return Serdes.serdeFrom(serializer, deserializer);
    }
}
