package io.millrace.compose.program;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code millrace up} logs, as programs read it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LogLinesIT {
    private static final String SECRET = "Nightingale";

    @TempDir
    private Path data;

    @Test
    void everyLineIsJsonHasItsIdAndNothingOfThePrompt() throws Exception {
        try (var up = Program.start("up", "--data", data.toString(), "--kafka-port", "0", "--port", "0",
                "--log-format", "json", "--log-level", "debug");
                var client = HttpClient.newHttpClient()) {
            String http = up.awaitLine(line -> line.startsWith("  HTTP ")).replaceAll(".* (http\\S+),.*", "$1");
            String id = ask(client, http, "{\"prompt\": \"" + SECRET + "\", \"max_tokens\": 3}");
            ask(client, http, "{\"prompt\": \"" + SECRET + "\", \"max_tokens\": \"" + SECRET + "\"}");
            String line = up.awaitErrorLine(text -> text.contains("/v1/completions") && text.contains("answered 200"));
            JsonNode answered = new ObjectMapper().readTree(line);
            assertThat(answered.get("request").asText()).isEqualTo(id);
            assertThat(answered.get("level").asText()).isEqualTo("DEBUG");
            up.awaitErrorLine(text -> text.contains("answered 400"));
            List<String> lines = up.err().lines().toList();
            assertThat(lines).allSatisfy(text -> assertThat(new ObjectMapper().readTree(text).isObject()).isTrue());
            assertThat(lines).noneMatch(text -> text.contains(SECRET));
        }
    }

    /** Its request's id. */
    private static String ask(HttpClient client, String http, String body) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(http + "/completions")).POST(BodyPublishers.ofString(
                body)).build(), BodyHandlers.ofString()).headers().firstValue("x-request-id").orElseThrow();
    }
}
