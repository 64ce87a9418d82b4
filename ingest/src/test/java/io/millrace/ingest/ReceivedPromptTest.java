package io.millrace.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.PromptCodec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceivedPromptTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            talk | {"prompt":"x","conversation":"chat","priority":9} | chat | 9
            talk | {"prompt":"x","priority":0}                       | talk | 0
                 | {"prompt":"x","conversation":"chat"}              | chat | 5
            talk | plain text                                        | talk | 5
                 | plain text                                        | 3-7  | 5
            talk | {"prompt":                                        | talk | 5
                 | {"prompt":"x","priority":10}                      | 3-7  | 5
            """)
    void itsTurnIsDecidedByConversationKeyAndPriority(String key, String value, String flow, int priority) {
        var received = ReceivedPrompt.of(new ConsumerRecord<>("prompts", 3, 7, key == null ? null : key.getBytes(UTF_8),
                value.getBytes(UTF_8)), null, new PromptCodec());
        assertThat(received.flow()).isEqualTo(flow);
        assertThat(received.priority()).isEqualTo(priority);
    }
}
