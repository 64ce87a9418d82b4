package io.millrace.compose.role;

import io.millrace.compose.UserException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.BindException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * A worker's health, for whoever keeps it running, and what is measured of its process: {@code /live}, {@code /health} and {@code /metrics} on a port of their own. Asks
 * nobody for a key, and tells no ids and no prompts.
 */
public final class WorkerStatus extends VerticleBase {
    private static final String JSON = "application/json";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final String host;
    private final int port;
    private final Supplier<List<String>> troubles;
    private final Supplier<String> metrics;
    private HttpServer server;

    private WorkerStatus(String host, int port, Supplier<List<String>> troubles, Supplier<String> metrics) {
        this.host = host;
        this.port = port;
        this.troubles = troubles;
        this.metrics = metrics;
    }

    /**
     * Answers for a worker from now on, until its verticles are closed.
     *
     * @param port to listen on; 0 for a free one
     * @throws UserException if the port cannot be had
     */
    public static WorkerStatus start(Verticles verticles, Worker worker, String host, int port) {
        var status = new WorkerStatus(host, port, worker::troubles, verticles.metrics()::scrape);
        try {
            verticles.deploy("the status", status);
        } catch (CompletionException e) {
            if (e.getCause() instanceof BindException cause) {
                throw new UserException("--status-port " + port + " cannot be listened on at " + host + " ("
                        + cause.getMessage() + "): choose another (0 picks a free one), or another --status-host", e);
            }
            throw e;
        }
        return status;
    }

    /** Where it answers. */
    public String url() {
        return "http://" + host + ":" + server.actualPort();
    }

    @Override
    public Future<?> start() {
        server = vertx.createHttpServer().requestHandler(this::answer);
        return server.listen(port, host);
    }

    @Override
    public Future<?> stop() {
        return server.close();
    }

    private void answer(HttpServerRequest request) {
        switch (request.path()) {
            case "/live" -> json(request, 200, new JsonObject().put("status", "ok"));
            case "/health" -> health(request);
            // may block
            case "/metrics" -> vertx.executeBlocking(metrics::get, false).onSuccess(text -> send(request, 200,
                    PROMETHEUS, text)).onFailure(e -> json(request, 500, new JsonObject().put("error", e.toString())));
            default -> json(request, 404, new JsonObject().put("error",
                    "there is nothing at this path but at /live, /health and /metrics"));
        }
    }

    private void health(HttpServerRequest request) {
        List<String> reasons = troubles.get();
        json(request, reasons.isEmpty() ? 200 : 503, new JsonObject()
                .put("status", reasons.isEmpty() ? "ok" : "unavailable").put("reasons", new JsonArray(reasons)));
    }

    private static void json(HttpServerRequest request, int status, JsonObject body) {
        send(request, status, JSON, body.encode());
    }

    private static void send(HttpServerRequest request, int status, String type, String body) {
        if (!request.response().closed()) {
            // a failed write is a client that went away
            var _ = request.response().setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, type).end(body);
        }
    }
}
