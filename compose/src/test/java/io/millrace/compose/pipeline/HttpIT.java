package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.role.TopicPrompts;
import io.millrace.schemas.Completion;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Prompt;
import io.millrace.sink.PromptQueue;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
    private HttpGateway gateway;

    @BeforeEach
    void open() {
        pipeline = new Pipeline(CLUSTER);
        gateway = HttpGateway.start(pipeline, options -> options);
    }

    @AfterEach
    void close() {
        gateway.close();
        workers.forEach(Worker::close);
        pipeline.close();
    }

    private void startWorker() {
        workers.add(Worker.start(pipeline, new ScriptedRunner()));
    }

    private HttpRequest completion(String body) {
        return gateway.post("/v1/completions", body);
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        return gateway.send(request);
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
        var response = gateway.client.send(completion("{\"prompt\": \"2 tokens\", \"stream\": true}"),
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
        var response = gateway.client.send(completion("{\"prompt\": \"a refusal\", \"stream\": true}"),
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
        var pending = gateway.client.sendAsync(completion("{\"prompt\": \"nothing ever\"}"), BodyHandlers.ofString());
        String id = pipeline.prompt().id();
        pending.cancel(true);
        assertThat(pipeline.completion(id).finishReason()).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void aClientThatLeavesAStreamCancelsAllItsChoices() throws Exception {
        startWorker();
        var response = gateway.client.send(
                completion("{\"prompt\": \"500 tokens every 20 ms\", \"stream\": true, \"n\": 2}"),
                BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            assertThat(body.readNBytes(300)).hasSize(300);
        }
        var completions = pipeline.completions.await(2);
        assertThat(completions).extracting(Completion::finishReason).containsOnly(FinishReason.CANCELLED);
    }

    @Test
    void aClientThatLeavesTheQueueIsNeverComputedFor() throws Exception {
        var pending = gateway.client.sendAsync(completion("{\"prompt\": \"5 tokens\"}"), BodyHandlers.ofString());
        String id = pipeline.prompt().id();
        pending.cancel(true);
        var _ = pipeline.cancels.await(1);
        startWorker();
        var completion = pipeline.completion(id);
        assertThat(completion.finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(completion.text()).isEmpty();
    }

    @Test
    void aBodyIsReadWhateverItIsSaidToBe() throws Exception {
        startWorker();
        String body = "{\"prompt\": \"3 tokens 100%&more=%zz\", \"stop\": \"" + "x".repeat(9_000) + "\"}";
        assertThat(send(gateway.post("/v1/completions", body, "content-type", "application/x-www-form-urlencoded"))
                .body()).contains(ScriptedRunner.text(3));
    }

    @Test
    void aRequestIsKnownByItsId() throws Exception {
        var given = send(gateway.request("/v1/models").header("x-request-id", "abc-1").build());
        assertThat(given.headers().firstValue("x-request-id")).contains("abc-1");
        var unfit = send(gateway.request("/nowhere").header("x-request-id", "a b").build());
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
        assertThat(send(gateway.request("/v1/completions").build()).statusCode()).isEqualTo(405);
    }

    @Test
    void llamaCppsCompletionHasItsOwnShape() throws Exception {
        startWorker();
        var whole = new JsonObject(send(gateway.post("/completion",
                "{\"prompt\": \"3 tokens\", \"n_predict\": -1, \"cache_prompt\": true, \"seed\": -1}")).body());
        assertThat(whole.getString("content")).isEqualTo(ScriptedRunner.text(3));
        assertThat(whole.getBoolean("stop")).isTrue();
        assertThat(whole.getString("stop_type")).isEqualTo("eos");
        assertThat(whole.getString("model")).isEqualTo("scripted");
        assertThat(whole.getInteger("tokens_predicted")).isEqualTo(3);
        assertThat(whole.getJsonObject("timings").getInteger("predicted_n")).isEqualTo(3);
        var pieces = send(gateway.post("/completion", "{\"prompt\": \"3 tokens\", \"stream\": true}")).body().lines()
                .filter(line -> line.startsWith("data: ")).map(line -> new JsonObject(line.substring(6))).toList();
        assertThat(pieces).extracting(piece -> piece.getBoolean("stop")).containsExactly(false, false, false, true);
        assertThat(pieces.stream().map(piece -> piece.getString("content")).collect(Collectors.joining()))
                .isEqualTo(ScriptedRunner.text(3));
        var refused = send(gateway.post("/completion", "{\"prompt\": \"3 tokens\", \"mirostat\": 2}"));
        assertThat(error(refused.body()).getString("param")).isEqualTo("mirostat");
    }

    @Test
    void aStreamIsFollowedFromAnyPlaceAndComesToItsEnd() throws Exception {
        startWorker();
        pipeline.send("s", "5 tokens");
        var _ = pipeline.completion("s");
        var all = events(gateway.request("/v1/streams/s"));
        assertThat(all).hasSize(7);
        assertThat(ids(all)).containsExactly("-1", "0", "1", "2", "3", "4", "end");
        assertThat(ids(events(gateway.request("/v1/streams/s?from=3")))).containsExactly("3", "4", "end");
        assertThat(ids(events(gateway.request("/v1/streams/s").header("last-event-id", "3")))).containsExactly("4",
                "end");
        assertThat(send(gateway.request("/v1/streams/s").header("last-event-id", "end").build()).statusCode())
                .isEqualTo(204);
        assertThat(send(gateway.request("/v1/streams/s?from=x").build()).statusCode()).isEqualTo(400);
    }

    /** Each event's lines. */
    private List<List<String>> events(HttpRequest.Builder request) throws Exception {
        return Arrays.stream(send(request.build()).body().split("\n\n"))
                .map(event -> event.lines().filter(line -> !line.startsWith(":")).toList())
                .filter(lines -> !lines.isEmpty()).toList();
    }

    private static List<String> ids(List<List<String>> events) {
        return events.stream().map(lines -> lines.getFirst().replace("id: ", "")).toList();
    }

    @Test
    void aStreamIsCancelledByItsId() throws Exception {
        startWorker();
        pipeline.send("s", "500 tokens every 20 ms");
        pipeline.awaitTokens("s", 1);
        assertThat(send(gateway.request("/v1/streams/s").DELETE().build()).statusCode()).isEqualTo(202);
        assertThat(pipeline.completion("s").finishReason()).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void aRepeatedRequestJoinsTheFirst() throws Exception {
        var request = gateway.post("/v1/completions", "{\"prompt\": \"4 tokens\"}", "Idempotency-Key", "k");
        var first = gateway.client.sendAsync(request, BodyHandlers.ofString());
        var second = gateway.client.sendAsync(request, BodyHandlers.ofString());
        startWorker();
        assertThat(new JsonObject(second.get().body()).getString("id"))
                .isEqualTo(new JsonObject(first.get().body()).getString("id"));
        assertThat(send(request).body()).contains(ScriptedRunner.text(4));
        try (var other = HttpGateway.start(pipeline, options -> options)) {
            var elsewhere = other.post("/v1/completions", "{\"prompt\": \"4 tokens\"}", "Idempotency-Key", "k");
            assertThat(other.send(elsewhere).body()).contains(ScriptedRunner.text(4));
        }
        assertThat(send(gateway.post("/v1/completions", "{\"prompt\": \"5 tokens\"}", "Idempotency-Key", "k"))
                .statusCode()).isEqualTo(422);
        // a prompt that comes now comes after all that were sent
        pipeline.send("last", "1 tokens");
        assertThat(pipeline.prompts.await(prompts -> prompts.stream().anyMatch(prompt -> prompt.id().equals("last"))))
                .hasSize(2);
    }

    @Test
    void anAnswerForWhichItsClientMayComeBackTellsItsStreamAndPlaces() throws Exception {
        startWorker();
        String body = "{\"prompt\": \"3 tokens\", \"stream\": true}";
        var response = send(gateway.post("/v1/completions", body, "Idempotency-Key", "places",
                "X-First-Attempt", "true"));
        String id = response.headers().firstValue("x-stream-id").orElseThrow();
        assertThat(response.body().lines().filter(line -> line.startsWith("id: "))).containsExactly("id: 0", "id: 1",
                "id: 2", "id: end");
        assertThat(ids(events(gateway.request("/v1/streams/" + id).header("last-event-id", "1"))))
                .containsExactly("2", "end");
        // others' parsers may not expect them
        var usual = send(completion(body));
        assertThat(usual.body()).doesNotContain("id: ");
        assertThat(usual.headers().firstValue("x-stream-id")).isEmpty();
    }

    @Test
    void aRequestThatCouldNotBeSentMayBeRepeated() throws Exception {
        startWorker();
        var failures = new AtomicInteger(1);
        var working = new TopicPrompts(pipeline.sender);
        var failing = new PromptQueue() {
            @Override
            public CompletionStage<Void> submit(Prompt prompt) {
                if (failures.getAndDecrement() > 0) {
                    throw new IllegalStateException("the broker is away");
                }
                return working.submit(prompt);
            }

            @Override
            public CompletionStage<Void> cancel(String id) {
                return working.cancel(id);
            }
        };
        try (var other = new HttpGateway(CLUSTER.clientSettings(), pipeline.topics, failing, KnownWorkers.NONE,
                options -> options)) {
            var request = other.post("/v1/completions", "{\"prompt\": \"4 tokens\"}", "Idempotency-Key", "k");
            var refused = other.send(request);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("retry-after")).isPresent();
            assertThat(other.send(request).body()).contains(ScriptedRunner.text(4));
        }
    }

    @Test
    void aClientThatMayComeBackCancelsNothingByLeaving() throws Exception {
        startWorker();
        var request = gateway.post("/v1/completions", "{\"prompt\": \"40 tokens every 10 ms\"}", "Idempotency-Key",
                "k");
        var first = gateway.client.sendAsync(request, BodyHandlers.ofString());
        pipeline.awaitTokens(pipeline.prompt().id(), 1);
        first.cancel(true);
        assertThat(send(request).body()).contains(ScriptedRunner.text(40));
    }
}
