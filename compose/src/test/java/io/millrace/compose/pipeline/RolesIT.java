package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.program.Program;
import io.millrace.schemas.TokenEvent;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code worker} and {@code gateway} as they run in production: processes apart, with nothing between them but Kafka. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class RolesIT {
    private static final String STATUS = "Its status is at ";
    private static final String SERVED = "The gateway is up: ";

    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    @Test
    void aWorkerAnswersWhatAGatewayShowsAndBothEndWhenAsked() throws Exception {
        try (var pipeline = new Pipeline(CLUSTER);
                var worker = pipeline.start("worker", "--status-port", "0");
                var gateway = pipeline.start("gateway", "--port", "0")) {
            worker.awaitLine(line -> line.startsWith("The worker is up: "));
            String served = gateway.awaitLine(line -> line.startsWith(SERVED));
            String url = served.substring(SERVED.length(), served.indexOf(','));
            pipeline.send("boat", "The little boat");
            assertThat(StreamFrames.toTheEnd(URI.create(url + "/boat")).getLast()).contains("\"completed\"");
            assertThat(pipeline.stream("boat").getFirst()).isInstanceOf(TokenEvent.Started.class);
            assertThat(pipeline.completion("boat").text()).isNotBlank();
            assertStatusOf(worker);
            worker.terminate();
            gateway.terminate();
            assertThat(worker.status()).as(worker.err()).isZero();
            assertThat(gateway.status()).as(gateway.err()).isZero();
        }
    }

    private static void assertStatusOf(Program worker) throws Exception {
        String line = worker.awaitLine(text -> text.startsWith(STATUS));
        String url = line.substring(STATUS.length(), line.indexOf("/health"));
        try (var client = HttpClient.newHttpClient()) {
            assertThat(get(client, url + "/live").statusCode()).isEqualTo(200);
            assertThat(get(client, url + "/health").body()).isEqualTo("{\"status\":\"ok\",\"reasons\":[]}");
            assertThat(get(client, url + "/nothing").statusCode()).isEqualTo(404);
            assertThat(get(client, url + "/metrics").body())
                    .containsPattern("millrace_prompts_total\\{.*outcome=\"(stop|length)\"} 1\\.0")
                    .contains("millrace_batch_slots 16.0", "gen_ai_server_time_to_first_token_seconds_bucket");
        }
    }

    private static HttpResponse<String> get(HttpClient client, String url) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"worker", "gateway"})
    void aMistakeInAFlagIsOneLine(String role) throws Exception {
        try (var program = Program.start(role, "--bootstrap-servers", CLUSTER.address().bootstrapServers(),
                "--partitions", "0")) {
            assertThat(program.status()).isEqualTo(2);
            assertThat(program.err().lines()).singleElement().asString()
                    .isEqualTo("millrace: --partitions must be 1 or more, not 0");
        }
    }
}
