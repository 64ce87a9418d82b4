package io.millrace.compose.pipeline;

import io.millrace.compose.role.TopicPrompts;
import io.millrace.schemas.Topics;
import io.millrace.sink.GatewayOptions;
import io.millrace.sink.GatewayVerticle;
import io.millrace.sink.PromptQueue;
import io.millrace.sink.StreamHub;
import io.millrace.sink.http.Workers;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A gateway of its own, with short intervals and small limits, and a client of it. */
final class HttpGateway implements AutoCloseable {
    static final int MAX_BODY_BYTES = 10_000;

    final HttpClient client = HttpClient.newHttpClient();
    private final StreamHub hub;
    private final Vertx vertx;
    private final GatewayVerticle verticle;

    HttpGateway(Map<String, Object> clientSettings, Topics topics, PromptQueue prompts, Workers workers,
            UnaryOperator<GatewayOptions> change) {
        hub = new StreamHub(new StreamHub.Options(clientSettings, topics.tokens()));
        hub.start();
        vertx = Vertx.vertx();
        verticle = new GatewayVerticle(change.apply(new GatewayOptions("127.0.0.1", 0, MAX_BODY_BYTES, 4,
                Duration.ofMillis(100), Duration.ofSeconds(2))), hub, prompts, workers, List::of, () -> "up 1\n");
        vertx.deployVerticle(verticle).await();
    }

    static HttpGateway start(Pipeline pipeline, UnaryOperator<GatewayOptions> change) {
        return new HttpGateway(pipeline.clientSettings, pipeline.topics, new TopicPrompts(pipeline.sender),
                new KnownWorkers(List.of("scripted"), 0), change);
    }

    int port() {
        return verticle.port();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    }

    HttpRequest post(String path, String body, String... headers) {
        var request = request(path).POST(BodyPublishers.ofString(body));
        return (headers.length == 0 ? request : request.headers(headers)).build();
    }

    HttpResponse<String> send(HttpRequest request) throws Exception {
        return client.send(request, BodyHandlers.ofString());
    }

    @Override
    public void close() {
        client.shutdownNow();
        vertx.close().await();
        hub.close();
    }
}
