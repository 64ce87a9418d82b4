package io.millrace.compose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.Millrace;
import io.millrace.compose.broker.EmbeddedBroker;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.role.TopicSetup;
import io.millrace.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class InterruptIT {
    @TempDir
    Path data;

    @Test
    void endingSendCancelsThePromptAndIsStatus143() throws Exception {
        try (var broker = new EmbeddedBroker(data, 0)) {
            broker.start();
            TopicSetup.ensure(BrokerAddress.parse(broker.bootstrapServers()), Topics.DEFAULT, 1);
            var send = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                    System.getProperty("java.class.path"), Millrace.class.getName(), "send", "--id", "boat",
                    "--bootstrap-servers", broker.bootstrapServers(), "Tell me a story about a boat")
                    .redirectErrorStream(true).start();
            try {
                // it says so once it has registered what to do on an interrupt
                var line = send.inputReader(StandardCharsets.UTF_8).readLine();
                assertThat(line).contains("still waiting for a worker");
                // as Ctrl-C, which is ignored where tests run in the background
                send.destroy();
                assertThat(send.waitFor()).isEqualTo(143);
                assertThat(firstOf(broker, Topics.DEFAULT.control()))
                        .isEqualTo("{\"type\":\"cancel\",\"id\":\"boat\"}");
            } finally {
                send.destroyForcibly();
            }
        }
    }

    private static String firstOf(EmbeddedBroker broker, String topic) {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            var partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (true) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    return record.value();
                }
            }
        }
    }
}
