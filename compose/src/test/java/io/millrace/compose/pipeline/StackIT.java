package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.compose.broker.FreePort;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.program.Program;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ComposeContainer;

/** The local stack in containers, built from this checkout. Needs an engine for containers with Compose, and fetches images. */
@Tag("long")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class StackIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int KAFKA_PORT = FreePort.find();
    private static final int PORT = FreePort.find();
    private static final int PROMETHEUS_PORT = FreePort.find();
    private static final int GRAFANA_PORT = FreePort.find();

    private static ComposeContainer stack;

    @BeforeAll
    static void bringUp() {
        assumeTrue(DockerClientFactory.instance().isDockerAvailable(), "no engine for containers answers here");
        stack = new ComposeContainer("millrace-it", Program.root().resolve("compose/docker-compose.yml").toFile())
                .withBuild(true).withScaledService("worker", 2).withStartupTimeout(Duration.ofMinutes(20))
                .withEnv("KAFKA_PORT", String.valueOf(KAFKA_PORT)).withEnv("PORT", String.valueOf(PORT))
                .withEnv("PROMETHEUS_PORT", String.valueOf(PROMETHEUS_PORT))
                .withEnv("GRAFANA_PORT", String.valueOf(GRAFANA_PORT));
        stack.start();
    }

    @AfterAll
    static void bringDown() {
        if (stack != null) {
            stack.stop();
        }
    }

    @Test
    void promptsOnTheTopicAreStreamedAtTheAddressOfAllGateways() throws Exception {
        awaitAnswer(PORT, "/health", body -> body.contains("\"ok\""));
        try (var pipeline = new Pipeline(BrokerAddress.parse("127.0.0.1:" + KAFKA_PORT), Topics.DEFAULT)) {
            pipeline.send("boat", "The little boat");
            assertThat(StreamFrames.toTheEnd(URI.create("ws://127.0.0.1:" + PORT + "/v1/stream/boat")).getLast())
                    .contains("\"completed\"");
            assertThat(pipeline.stream("boat").getLast()).isInstanceOf(TokenEvent.Completed.class);
            assertThat(pipeline.completion("boat").text()).isNotBlank();
        }
        awaitAnswer(PORT, "/", body -> body.contains("<html"));
    }

    @Test
    void whatIsMeasuredArrivesInPrometheusAndTheDashboardInGrafana() throws Exception {
        awaitAnswer(PROMETHEUS_PORT, "/api/v1/query?query=count(millrace_batch_slots)", body -> body.contains("\"2\""));
        awaitAnswer(GRAFANA_PORT, "/api/search?query=Millrace", body -> body.contains("dash-db"));
    }

    /** Services come one after the other. */
    private static void awaitAnswer(int port, String path, Predicate<String> wanted) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String answer;
        try (HttpClient client = HttpClient.newHttpClient()) {
            do {
                answer = answer(client, request);
            } while (!wanted.test(answer) && System.nanoTime() < deadline);
        }
        assertThat(answer).matches(wanted, path);
    }

    private static String answer(HttpClient client, HttpRequest request) throws Exception {
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            return response.body();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
