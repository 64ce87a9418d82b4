package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

class TopicSerdesTest {
    private static final List<Serde<?>> ALL = List.of(TopicSerdes.tokenEvents(), TopicSerdes.completions(),
            TopicSerdes.control(), TopicSerdes.workerReports());

    private static <T> void assertRoundTrip(Serde<T> serde, T value) {
        byte[] bytes = serde.serializer().serialize("topic", value);
        assertThat(serde.deserializer().deserialize("topic", bytes)).isEqualTo(value);
    }

    @Test
    void valuesComeBackAsTheyWere() {
        assertRoundTrip(TopicSerdes.tokenEvents(), new TokenEvent.Token("a", 1, 0, "b", 7));
        assertRoundTrip(TopicSerdes.completions(),
                new Completion("a", 1, "m", "b", FinishReason.STOP, null, Usage.NONE, Timings.NONE, null));
        assertRoundTrip(TopicSerdes.control(), new Control.Cancel("a"));
    }

    @Test
    void tombstonesStayTombstones() {
        for (Serde<?> serde : ALL) {
            assertThat(serde.serializer().serialize("topic", null)).isNull();
            assertThat(serde.deserializer().deserialize("topic", (byte[]) null)).isNull();
        }
    }

    @Test
    void aValueThatCannotBeReadNamesItsTopic() {
        for (Serde<?> serde : ALL) {
            assertThatThrownBy(
                    () -> serde.deserializer().deserialize("millrace.x", "{}".getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(SerializationException.class).hasMessageContaining("millrace.x")
                    .hasMessageContaining("is missing");
        }
    }
}
