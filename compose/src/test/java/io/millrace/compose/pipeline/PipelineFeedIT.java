package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.compose.role.Gateway;
import io.millrace.compose.role.Parts;
import io.millrace.compose.role.Verticles;
import io.millrace.compose.role.Worker;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.ingest.IngestOptions;
import io.millrace.schemas.Topics;
import io.millrace.sink.GatewayOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a gateway tells of the workers, which it knows by their reports alone. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class PipelineFeedIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final Parts workerParts = new Parts();
    private final Parts gatewayParts = new Parts();
    private String model;
    private String url;

    @BeforeEach
    void open() {
        Topics topics = CLUSTER.newTopics();
        Gateway gateway = Gateway.start(gatewayParts, Verticles.start(gatewayParts), CLUSTER.address(), topics,
                GatewayOptions.DEFAULT);
        url = gateway.httpUrl();
        LanguageModel demo = workerParts.add("the model", LanguageModel.demo());
        model = demo.name();
        Worker.start(workerParts, Verticles.start(workerParts), IngestOptions.of(CLUSTER.clientSettings(), topics)
                .withWorkerId("mill-1"), demo, EngineOptions.defaults(demo));
    }

    @AfterEach
    void close() {
        workerParts.close();
        gatewayParts.close();
        client.shutdownNow();
    }

    private String get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString()).body();
    }

    private String complete(String prompt) throws IOException, InterruptedException {
        var answer = client.send(HttpRequest.newBuilder(URI.create(url + "/v1/completions"))
                .POST(BodyPublishers.ofString("{\"prompt\":\"" + prompt + "\",\"max_tokens\":7}"))
                .build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body()).get("id").asText();
    }

    /** Snapshots as they come, to the first that is looked for. */
    private JsonNode awaitSnapshot(Predicate<JsonNode> wanted) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url + "/v1/pipeline")).header("accept", "text/event-stream")
                .build();
        try (Stream<String> lines = client.send(request, BodyHandlers.ofLines()).body()) {
            return lines.filter(line -> line.startsWith("data: ")).map(PipelineFeedIT::parse).filter(wanted)
                    .findFirst().orElseThrow();
        }
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line.substring("data: ".length()));
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    @Test
    void aGatewayTellsWhatTheWorkersDoAndWhatBecameOfTheirPrompts() throws Exception {
        assertThat(JSON.readTree(get("/v1/pipeline")).get("workers")).isEmpty();
        String id = complete("Once upon a time");
        String later = complete("The little boat");
        JsonNode snapshot = awaitSnapshot(json -> json.at("/recent/1/stage").asText().equals("completed")
                && json.at("/workers/0/running").asInt() == 0);
        JsonNode worker = snapshot.at("/workers/0");
        assertThat(worker.get("id").asText()).isEqualTo("mill-1");
        assertThat(worker.get("model").asText()).isEqualTo(model);
        assertThat(worker.get("slots").asInt()).isEqualTo(16);
        assertThat(worker.get("generated_tokens").asInt()).isEqualTo(snapshot.at("/recent/0/tokens").asInt()
                + snapshot.at("/recent/1/tokens").asInt());
        assertThat(worker.at("/time_to_first_token_ms/p50").asDouble()).isPositive();
        assertThat(snapshot.get("recent").findValuesAsText("id")).containsExactly(later, id);
        JsonNode last = snapshot.at("/recent/0");
        assertThat(List.of("received", "admitted", "started", "first_token", "ended")).map(last::get)
                .map(JsonNode::asLong).isSorted().allSatisfy(time -> assertThat(time).isPositive());

        JsonNode slots = JSON.readTree(get("/slots"));
        assertThat(slots).hasSize(16).allSatisfy(slot -> assertThat(slot.get("is_processing").asBoolean()).isFalse());
        assertThat(slots.at("/0/n_ctx").asInt()).isEqualTo(512);

        workerParts.close();
        awaitSnapshot(json -> json.get("workers").isEmpty());
    }

    @Test
    void metricsAreThereForPrometheus() throws Exception {
        complete("Once upon a time");
        String metrics = get("/metrics");
        assertThat(metrics).contains("jvm_memory_used_bytes{", "millrace_models ")
                .containsPattern("vertx_http_server_requests_total\\{.*route=\"/v1/completions\".*} 1\\.0");
    }
}
