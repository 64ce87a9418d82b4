package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.role.TopicPrompts;
import io.millrace.schemas.Completion;
import io.millrace.schemas.FinishReason;
import io.millrace.sink.GatewayOptions;
import io.millrace.sink.GatewayVerticle;
import io.millrace.sink.StreamHub;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What goes over the wire, and what becomes of prompts whose clients leave. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class HttpIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private final List<Worker> workers = new ArrayList<>();
    private Pipeline pipeline;
    private StreamHub hub;
    private Vertx vertx;
    private GatewayVerticle gateway;
    private HttpClient client;

    @BeforeEach
    void open() {
        pipeline = new Pipeline(CLUSTER);
        hub = new StreamHub(new StreamHub.Options(CLUSTER.clientSettings(), pipeline.topics.tokens()));
        hub.start();
        vertx = Vertx.vertx();
        var options = new GatewayOptions("127.0.0.1", 0, 10_000, 4, Duration.ofMillis(100), Duration.ofSeconds(2));
        gateway = new GatewayVerticle(options, hub, new TopicPrompts(pipeline.sender), () -> List.of("scripted"));
        vertx.deployVerticle(gateway).await();
        client = HttpClient.newHttpClient();
    }

    @AfterEach
    void close() {
        client.shutdownNow();
        vertx.close().await();
        hub.close();
        workers.forEach(Worker::close);
        pipeline.close();
    }

    private void startWorker() {
        workers.add(Worker.start(pipeline, new ScriptedRunner()));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path));
    }

    private HttpRequest completion(String body) {
        return request("/v1/completions").POST(BodyPublishers.ofString(body)).build();
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        return client.send(request, BodyHandlers.ofString());
    }

    @Test
    void aStreamIsEventsThatEndWithDone() throws Exception {
        startWorker();
        var response = send(completion("{\"prompt\": \"3 tokens\", \"stream\": true}"));
        assertThat(response.headers().firstValue("content-type")).contains("text/event-stream");
        var data = response.body().lines().filter(line -> line.startsWith("data: ")).map(line -> line.substring(6))
                .toList();
        assertThat(data.getLast()).isEqualTo("[DONE]");
        assertThat(data.subList(0, data.size() - 1).stream()
                .map(line -> new JsonObject(line).getJsonArray("choices").getJsonObject(0).getString("text"))
                .collect(Collectors.joining())).isEqualTo(ScriptedRunner.text(3));
    }

    @Test
    void aStreamWhoseWorkerIsSilentHasHeartbeatsFromAdmissionOn() throws Exception {
        var response = client.send(completion("{\"prompt\": \"2 tokens\", \"stream\": true}"),
                BodyHandlers.ofInputStream());
        var lines = new java.io.BufferedReader(
                new java.io.InputStreamReader(response.body(), StandardCharsets.UTF_8));
        for (int beats = 0; beats < 3;) {
            beats += lines.readLine().startsWith(":") ? 1 : 0;
        }
        startWorker();
        assertThat(lines.lines().collect(Collectors.joining())).endsWith("data: [DONE]");
    }

    @Test
    void whatFailsHasAStatus() throws Exception {
        startWorker();
        var refused = send(completion("{\"prompt\": \"a refusal\"}"));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(error(refused.body())).isEqualTo(new JsonObject().put("message", "the script says so")
                .put("type", "invalid_request_error").putNull("param").put("code", "invalid_prompt"));
        var failed = send(completion("{\"prompt\": \"a failure\"}"));
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(error(failed.body()).getString("type")).isEqualTo("server_error");
    }

    @Test
    void whatFailsInAStreamThatHasBegunIsItsLastEvent() throws Exception {
        var response = client.send(completion("{\"prompt\": \"a refusal\", \"stream\": true}"),
                BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        startWorker();
        String body = new String(response.body().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(error(body.substring(body.lastIndexOf("data: ") + 6)).getString("code"))
                .isEqualTo("invalid_prompt");
    }

    private static JsonObject error(String body) {
        return new JsonObject(body).getJsonObject("error");
    }

    @Test
    void aClientThatLeavesCancelsWhatRuns() throws Exception {
        startWorker();
        var pending = client.sendAsync(completion("{\"prompt\": \"nothing ever\"}"), BodyHandlers.ofString());
        String id = pipeline.prompt().id();
        pending.cancel(true);
        assertThat(pipeline.completion(id).finishReason()).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void aClientThatLeavesAStreamCancelsAllItsChoices() throws Exception {
        startWorker();
        var response = client.send(completion("{\"prompt\": \"500 tokens every 20 ms\", \"stream\": true, \"n\": 2}"),
                BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            assertThat(body.readNBytes(300)).hasSize(300);
        }
        var completions = pipeline.completions.await(2);
        assertThat(completions).extracting(Completion::finishReason).containsOnly(FinishReason.CANCELLED);
    }

    @Test
    void aClientThatLeavesTheQueueIsNeverComputedFor() throws Exception {
        var pending = client.sendAsync(completion("{\"prompt\": \"5 tokens\"}"), BodyHandlers.ofString());
        String id = pipeline.prompt().id();
        pending.cancel(true);
        var _ = pipeline.cancels.await(1);
        startWorker();
        var completion = pipeline.completion(id);
        assertThat(completion.finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(completion.text()).isEmpty();
    }

    @Test
    void aRequestIsKnownByItsId() throws Exception {
        var given = send(request("/v1/models").header("x-request-id", "abc-1").build());
        assertThat(given.headers().firstValue("x-request-id")).contains("abc-1");
        var unfit = send(request("/nowhere").header("x-request-id", "a b").build());
        assertThat(unfit.headers().firstValue("x-request-id").orElseThrow()).matches("req_[0-9a-f-]{36}");
        assertThat(unfit.statusCode()).isEqualTo(404);
        assertThat(error(unfit.body()).getString("type")).isEqualTo("not_found_error");
    }

    @Test
    void aBodyThatIsNoRequestIsRefused() throws Exception {
        for (String body : List.of("", "[]", "{", "{}", "{\"prompt\": 5}", "{\"prompt\": [[1]]}", "\u0000")) {
            assertThat(send(completion(body)).statusCode()).as(body).isEqualTo(400);
        }
        assertThat(send(completion("{\"prompt\": \"" + "x".repeat(20_000) + "\"}")).statusCode()).isEqualTo(413);
        assertThat(send(request("/v1/completions").build()).statusCode()).isEqualTo(405);
    }
}
