package io.millrace.compose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.internal.logging.LoggerAdapter;
import io.vertx.core.logging.SLF4JLogDelegate;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LogLinesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static LoggingEvent event(String message, Throwable failure, Object... arguments) {
        var logger = new LoggerContext().getLogger("io.millrace.Something");
        return new LoggingEvent(LogLinesTest.class.getName(), logger, Level.WARN, message, failure, arguments);
    }

    private static JsonNode encoded(LoggingEvent event) throws Exception {
        String line = new String(new JsonLinesEncoder().encode(event), StandardCharsets.UTF_8);
        assertThat(line.lines()).hasSize(1);
        assertThat(line).endsWith("\n");
        return JSON.readTree(line);
    }

    @Test
    void aLineIsAnObjectWithTheIdsItIsAbout() throws Exception {
        LoggingEvent event = event("it failed: {}", null, "a \"reason\"\nof two lines");
        event.addKeyValuePair(new KeyValuePair("prompt", "boat-1"));
        JsonNode line = encoded(event);
        assertThat(line.get("message").asText()).isEqualTo("it failed: a \"reason\"\nof two lines");
        assertThat(line.get("prompt").asText()).isEqualTo("boat-1");
        assertThat(line.get("level").asText()).isEqualTo("WARN");
        assertThat(line.get("logger").asText()).isEqualTo("io.millrace.Something");
        assertThat(line.get("time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
        assertThat(line.get("thread").asText()).isNotEmpty();
        assertThat(line.has("exception")).isFalse();
    }

    @Test
    void aFailureIsWhole() throws Exception {
        JsonNode line = encoded(event("x", new IllegalStateException("outer", new RuntimeException("inner"))));
        assertThat(line.get("exception").asText()).contains("IllegalStateException: outer", "inner",
                "LogLinesTest.java");
    }

    @Test
    void vertxLogsTheSameWay() {
        var logger = (LoggerAdapter) io.vertx.core.internal.logging.LoggerFactory.getLogger("io.vertx");
        assertThat(logger.unwrap()).isInstanceOf(SLF4JLogDelegate.class);
    }

    @Test
    void aFormatOrLevelThatIsNoneIsRefused() {
        CommandRun.of("inspect", "--log-format", "xml").isRefused("--log-format", "xml");
        CommandRun.of("inspect", "--log-level", "loud").isRefused("--log-level", "loud");
    }
}
