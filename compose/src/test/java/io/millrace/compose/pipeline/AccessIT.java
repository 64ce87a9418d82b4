package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.role.TopicPrompts;
import io.millrace.sink.http.Access;
import io.millrace.sink.http.ApiKeys;
import io.millrace.sink.http.Limits;
import io.millrace.sink.http.Scope;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whom a gateway lets in, and how much of them it takes. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class AccessIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private static final Access KEYS = new Access(Optional.of(ApiKeys.parse(List.of("# whose keys these are",
            ApiKeys.line("alice", Set.of(Scope.GENERATE, Scope.SUBSCRIBE), "alices-key"),
            ApiKeys.line("bob", Set.of(Scope.GENERATE, Scope.SUBSCRIBE), "bobs-key"),
            ApiKeys.line("reader", Set.of(Scope.SUBSCRIBE), "readers-key"),
            ApiKeys.line("root", Set.of(Scope.ADMIN), "roots-key")))), Set.of("https://example.com"), false);

    private Pipeline pipeline;
    private Worker worker;

    @BeforeEach
    void open() {
        pipeline = new Pipeline(CLUSTER);
        worker = Worker.start(pipeline, new ScriptedRunner());
    }

    @AfterEach
    void close() {
        worker.close();
        pipeline.close();
    }

    private HttpGateway withKeys() {
        return HttpGateway.start(pipeline, options -> options.withAccess(KEYS));
    }

    private HttpGateway limited(Limits limits) {
        return HttpGateway.start(pipeline, options -> options.withLimits(limits));
    }

    private static HttpRequest completion(HttpGateway gateway, String prompt, String... headers) {
        return gateway.post("/v1/completions", new JsonObject().put("prompt", prompt).encode(), headers);
    }

    private static JsonObject error(HttpResponse<String> response) {
        return new JsonObject(response.body()).getJsonObject("error");
    }

    @Test
    void nobodyComesInWithoutAKeyWhereKeysAreAskedFor() throws Exception {
        try (var gateway = withKeys()) {
            var without = gateway.send(completion(gateway, "1 tokens"));
            assertThat(without.statusCode()).isEqualTo(401);
            assertThat(without.headers().firstValue("www-authenticate")).contains("Bearer");
            assertThat(error(without).getString("type")).isEqualTo("authentication_error");
            assertThat(gateway.send(completion(gateway, "1 tokens", "authorization", "Bearer other")).statusCode())
                    .isEqualTo(401);
            assertThat(gateway.send(gateway.request("/v1/models").build()).statusCode()).isEqualTo(401);
            assertThat(gateway.send(gateway.request("/v1/streams/x").build()).statusCode()).isEqualTo(401);
            assertThat(handshakeStatus(gateway, "/v1/stream", "")).isEqualTo(401);
            assertThat(gateway.send(gateway.request("/health").build()).statusCode()).isEqualTo(200);
            assertThat(gateway.send(completion(gateway, "1 tokens", "authorization", "Bearer alices-key"))
                    .statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aKeySeesItsOwnStreamsAlone() throws Exception {
        try (var gateway = withKeys()) {
            String id = new JsonObject(gateway.send(completion(gateway, "2 tokens", "authorization",
                    "Bearer alices-key")).body()).getString("id");
            assertThat(id).startsWith("alice.cmpl-");
            assertThat(follow(gateway, id, "alices-key")).isEqualTo(200);
            assertThat(follow(gateway, id, "bobs-key")).isEqualTo(403);
            assertThat(follow(gateway, id, "roots-key")).isEqualTo(200);
            assertThat(gateway.send(gateway.request("/v1/streams/" + id).DELETE().header("authorization",
                    "Bearer bobs-key").build()).statusCode()).isEqualTo(403);
            assertThat(handshakeStatus(gateway, "/v1/stream/" + id, "bobs-key")).isEqualTo(403);
            assertThat(gateway.send(completion(gateway, "1 tokens", "authorization", "Bearer readers-key"))
                    .statusCode()).isEqualTo(403);
        }
    }

    private static int follow(HttpGateway gateway, String id, String key) throws Exception {
        return gateway.send(gateway.request("/v1/streams/" + id).header("authorization", "Bearer " + key).build())
                .statusCode();
    }

    @Test
    void framesAreHeldToTheKeyOfTheirConnection() throws Exception {
        try (var gateway = withKeys()) {
            assertThat(answer(gateway, "bobs-key", "{\"type\":\"subscribe\",\"id\":\"alice.1\",\"from\":0}"))
                    .contains("permission_denied");
            assertThat(answer(gateway, "bobs-key", "{\"type\":\"cancel\",\"id\":\"alice.1\"}"))
                    .contains("permission_denied");
            assertThat(answer(gateway, "bobs-key", "{\"type\":\"prompt\",\"id\":\"alice.1\",\"prompt\":\"1 tokens\"}"))
                    .contains("must begin with bob.");
            assertThat(answer(gateway, "readers-key", "{\"type\":\"prompt\",\"prompt\":\"1 tokens\"}"))
                    .contains("lacks the scope generate");
            assertThat(answer(gateway, "bobs-key", "{\"type\":\"prompt\",\"prompt\":\"1 tokens\"}"))
                    .contains("\"accepted\"").contains("\"bob.");
        }
    }

    @Test
    void webPagesOfOthersAreNotLetIn() throws Exception {
        try (var gateway = HttpGateway.start(pipeline, options -> options);
                var open = withKeys()) {
            assertThat(gateway.send(completion(gateway, "1 tokens", "origin", "https://evil.example")).statusCode())
                    .isEqualTo(403);
            assertThat(gateway.send(completion(gateway, "1 tokens", "origin", "http://127.0.0.1:" + gateway.port()))
                    .statusCode()).isEqualTo(200);
            assertThat(raw(gateway, "GET /v1/models HTTP/1.1\r\nhost: evil.example\r\n\r\n")).startsWith(
                    "HTTP/1.1 403");
            var allowed = open.send(completion(open, "1 tokens", "origin", "https://example.com", "authorization",
                    "Bearer alices-key"));
            assertThat(allowed.headers().firstValue("access-control-allow-origin")).contains("https://example.com");
            String preflight = String.join("\r\n", "OPTIONS /v1/completions HTTP/1.1", "host: x",
                    "origin: https://example.com", "access-control-request-method: POST",
                    "access-control-request-headers: authorization", "", "");
            assertThat(raw(open, preflight)).startsWith("HTTP/1.1 204");
        }
    }

    @Test
    void answersSayHowBrowsersAreToTakeThem() throws Exception {
        try (var gateway = HttpGateway.start(pipeline, options -> options)) {
            var headers = gateway.send(gateway.request("/v1/models").build()).headers();
            assertThat(headers.firstValue("content-security-policy").orElseThrow()).startsWith("default-src 'none'");
            assertThat(headers.firstValue("x-content-type-options")).contains("nosniff");
            assertThat(headers.firstValue("x-frame-options")).contains("DENY");
        }
    }

    @Test
    void aKeyHasSoManyPromptsInHandAndNoMore() throws Exception {
        try (var gateway = limited(new Limits(100, 2, 1000, 100, Duration.ofSeconds(1), Duration.ofSeconds(1)))) {
            var running = gateway.client.sendAsync(gateway.post("/v1/completions",
                    "{\"prompt\": \"nothing ever\", \"n\": 2}"), BodyHandlers.ofString());
            var _ = pipeline.prompts.await(2);
            var refused = gateway.send(completion(gateway, "1 tokens"));
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("retry-after")).contains("1");
            assertThat(error(refused).getString("code")).isEqualTo("too_many_requests");
            running.cancel(true);
            var _ = pipeline.completions.await(2);
            assertThat(gateway.send(completion(gateway, "1 tokens")).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aBacklogThatIsTooLongGrowsNoLonger() throws Exception {
        try (var gateway = new HttpGateway(pipeline.clientSettings, pipeline.topics,
                new TopicPrompts(pipeline.sender), new KnownWorkers(List.of(), Limits.DEFAULT.maxLag()),
                options -> options)) {
            var refused = gateway.send(completion(gateway, "1 tokens"));
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(error(refused).getString("code")).isEqualTo("lag_exceeded");
            assertThat(refused.headers().firstValue("retry-after")).isPresent();
        }
    }

    @Test
    void thereAreSoManyConnectionsAndNoMore() throws Exception {
        try (var gateway = limited(new Limits(1, 10, 1000, 100, Duration.ofSeconds(1), Duration.ofSeconds(10)));
                var first = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            first.getOutputStream().write("GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n".getBytes(
                    StandardCharsets.US_ASCII));
            assertThat(first.getInputStream().read()).isEqualTo('H');
            assertThat(raw(gateway, "GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n")).startsWith("HTTP/1.1 503");
        }
    }

    @Test
    void whoSendsNothingOrTooSlowlyIsNotWaitedFor() throws Exception {
        try (var gateway = limited(new Limits(100, 10, 1000, 100, Duration.ofMillis(300), Duration.ofMillis(600)))) {
            assertThat(raw(gateway, "")).isEmpty();
            assertThat(raw(gateway, "GET /hea")).isEmpty();
            assertThat(raw(gateway, "POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{"))
                    .startsWith("HTTP/1.1 408").contains("request_timeout");
        }
    }

    /** What comes back until the gateway closes the connection. */
    private static String raw(HttpGateway gateway, String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            if (request.startsWith("GET /health") || request.startsWith("OPTIONS") || request.startsWith("GET /v1")) {
                return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            }
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static int handshakeStatus(HttpGateway gateway, String path, String key) {
        try {
            socket(gateway, path, key, new CompletableFuture<>(), "").join().abort();
            return 101;
        } catch (CompletionException e) {
            return ((WebSocketHandshakeException) e.getCause()).getResponse().statusCode();
        }
    }

    /** The first frame that comes back. */
    private static String answer(HttpGateway gateway, String key, String frame) throws Exception {
        var answer = new CompletableFuture<String>();
        WebSocket socket = socket(gateway, "/v1/stream", key, answer, frame).join();
        try {
            return answer.get(10, TimeUnit.SECONDS);
        } finally {
            socket.abort();
        }
    }

    private static CompletableFuture<WebSocket> socket(HttpGateway gateway, String path, String key,
            CompletableFuture<String> answer, String frame) {
        return gateway.client.newWebSocketBuilder().header("Authorization", "Bearer " + key)
                .buildAsync(URI.create("ws://127.0.0.1:" + gateway.port() + path), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean isLast) {
                        answer.complete(data.toString());
                        return null;
                    }
                }).thenCompose(socket -> frame.isEmpty()
                        ? CompletableFuture.completedFuture(socket)
                        : socket.sendText(frame, true));
    }
}
