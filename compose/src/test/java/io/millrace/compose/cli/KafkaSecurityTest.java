package io.millrace.compose.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.compose.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaSecurityTest {
    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("client.properties"), text);
    }

    @Test
    void settingsForTlsAndSaslAreReadAsKafkasToolsReadThem() throws Exception {
        assertThat(KafkaSecurity.read(file("""
                # as for kafka-topics.sh --command-config
                security.protocol=SASL_SSL
                sasl.mechanism = PLAIN
                ssl.truststore.location=/etc/kafka/trust.pem
                """))).isEqualTo(Map.of("security.protocol", "SASL_SSL", "sasl.mechanism", "PLAIN",
                "ssl.truststore.location", "/etc/kafka/trust.pem"));
    }

    @ParameterizedTest
    @CsvSource({"group.id=mine, group.id is not for this file", "sasl.mechanisms=PLAIN, no setting sasl.mechanisms",
            "sasl.jaas.config=\\u12, cannot be read"})
    void whatIsWrongIsNamed(String text, String reason) throws Exception {
        Path file = file(text);
        assertThatThrownBy(() -> KafkaSecurity.read(file)).isInstanceOf(UserException.class)
                .hasMessageStartingWith("--kafka-config " + file).hasMessageContaining(reason);
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> KafkaSecurity.read(folder.resolve("nothing"))).isInstanceOf(UserException.class)
                .hasMessageContaining("nothing cannot be read");
    }

    @Test
    void itNeedsBrokersOfOnesOwn() throws Exception {
        CommandRun.of("worker", "--kafka-config", file("security.protocol=SSL").toString())
                .isRefused("name them with --bootstrap-servers");
    }
}
