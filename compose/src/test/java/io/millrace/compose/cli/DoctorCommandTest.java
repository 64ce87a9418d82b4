package io.millrace.compose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
    @TempDir
    Path folder;

    @Test
    void aProblemIsToldWithItsRemedyAndStatusOne() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var result = CommandRun.of("doctor", "--data", folder.toString(), "--kafka-port", "0", "--port", String
                    .valueOf(taken.getLocalPort()));
            assertThat(result.status()).isEqualTo(1);
            assertThat(result.out()).containsPattern(
                    "(?m)^problem   port \\d+: cannot be listened on.*\\R +-> .*--port");
            assertThat(result.err()).isEmpty();
        }
    }

    @Test
    void everyModelIsLookedAt() throws Exception {
        Path wrong = Files.writeString(folder.resolve("wrong.gguf"), "GGUF");
        Path missing = folder.resolve("missing.gguf");
        var result = CommandRun.of("doctor", "--data", folder.toString(), "--kafka-port", "0", "--port", "0", "-m",
                wrong.toString(), "-m", missing.toString(), "--json");
        assertThat(result.status()).isEqualTo(1);
        var report = new ObjectMapper().readTree(result.out());
        assertThat(report.get("level").asText()).isEqualTo("problem");
        assertThat(report.get("findings").findValuesAsText("subject")).contains(wrong.toString(), missing.toString(),
                "Java", "CPU", "GPU", "disk", "Kafka");
        report.get("findings").forEach(finding -> assertThat(finding.get("remedy").asText().isEmpty())
                .as(finding.toString()).isEqualTo(finding.get("level").asText().equals("ok")));
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        CommandRun.of("doctor", "--parallel", "0").isRefused("--parallel");
        CommandRun.of("doctor", "--host", "0.0.0.0").isRefused("--api-keys");
    }
}
