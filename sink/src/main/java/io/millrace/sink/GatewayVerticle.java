package io.millrace.sink;

import io.millrace.schemas.FrameCodec;
import io.millrace.sink.http.ApiException;
import io.millrace.sink.http.Caller;
import io.millrace.sink.http.Connections;
import io.millrace.sink.http.EventLoop;
import io.millrace.sink.http.HttpApi;
import io.millrace.sink.http.Quotas;
import io.millrace.sink.http.Scope;
import io.millrace.sink.http.WorkerReports;
import io.millrace.sink.http.Workers;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.ServerWebSocketHandshake;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import reactor.core.scheduler.Scheduler;

/**
 * Serves token streams over WebSocket, at {@code /v1/stream} and {@code /v1/stream/{id}}, and {@link HttpApi} beside them. Runs on an
 * event loop and never blocks it. Hub and queue stay their owner's to close, after this.
 */
public final class GatewayVerticle extends VerticleBase {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
    private static final int FRAMES_PER_MESSAGE = 4;

    private final GatewayOptions options;
    private final StreamHub hub;
    private final PromptQueue prompts;
    private final Workers workers;
    private final WorkerReports reports;
    private final Supplier<String> metrics;
    private final Quotas quotas;
    private final FrameCodec codec;
    private final Set<ServerWebSocket> sockets = new HashSet<>();
    private Scheduler eventLoop;
    private Connections connections;
    private HttpServer server;
    private TlsReload tlsReload;

    /**
     * A gateway.
     *
     * @param metrics what is measured of this process, in Prometheus's text format; may block
     */
    public GatewayVerticle(GatewayOptions options, StreamHub hub, PromptQueue prompts, Workers workers,
            WorkerReports reports, Supplier<String> metrics) {
        this.options = options;
        this.hub = hub;
        this.prompts = prompts;
        this.workers = workers;
        this.reports = reports;
        this.metrics = metrics;
        this.quotas = new Quotas(options.limits(), workers);
        this.codec = new FrameCodec(options.maxFrameBytes());
    }

    @Override
    public Future<?> start() {
        eventLoop = EventLoop.of(vertx);
        var serverOptions = new HttpServerOptions().setHost(options.host()).setPort(options.port())
                .setMaxWebSocketFrameSize(FRAMES_PER_MESSAGE * options.maxFrameBytes())
                .setMaxWebSocketMessageSize(FRAMES_PER_MESSAGE * options.maxFrameBytes())
                // streams of requests share a connection in no way that is tested
                .setHttp2ClearTextEnabled(false).setHandle100ContinueAutomatically(true)
                // frames are small and many
                .setPerMessageWebSocketCompressionSupported(false).setPerFrameWebSocketCompressionSupported(false);
        options.tls().ifPresent(files -> serverOptions.setSsl(true).setKeyCertOptions(files.options())
                .setAlpnVersions(List.of(HttpVersion.HTTP_1_1)));
        connections = new Connections(vertx, options.limits());
        connections.start();
        var api = new HttpApi(new TopicGenerations(hub, prompts), workers, reports, metrics,
                options.access(), options.limits(), quotas, connections, options.page(), options.traces(),
                options.maxFrameBytes(),
                options.pingInterval());
        server = vertx.createHttpServer(serverOptions).requestHandler(api.router(vertx))
                .connectionHandler(connections::opened).webSocketHandshakeHandler(this::greet)
                .webSocketHandler(this::serve);
        return server.listen().onSuccess(_ -> options.tls().ifPresent(files -> {
            tlsReload = new TlsReload(vertx, server, files);
            tlsReload.start();
        }));
    }

    /** Where it listens, once deployed. */
    public int port() {
        return server.actualPort();
    }

    @Override
    public Future<?> stop() {
        connections.stop();
        if (tlsReload != null) {
            tlsReload.stop();
        }
        var closing = List.copyOf(sockets).stream()
                .map(socket -> socket.shutdown(CLOSE_TIMEOUT, CloseCode.GOING_AWAY, "the server is closing")).toList();
        return Future.join(closing).otherwiseEmpty().compose(_ -> server.shutdown(CLOSE_TIMEOUT));
    }

    private void greet(ServerWebSocketHandshake handshake) {
        int refusal = refusal(handshake);
        if (refusal == 0) {
            connections.keep(handshake.remoteAddress());
            var _ = handshake.accept();
        } else {
            var _ = handshake.reject(refusal);
        }
    }

    /** The status with which a handshake is refused; 0 if it is not. */
    private int refusal(ServerWebSocketHandshake handshake) {
        if (connections.isOneTooMany(handshake.remoteAddress())) {
            return 503;
        }
        try {
            Caller caller = caller(handshake.headers());
            var path = StreamPath.parse(handshake.uri());
            path.map(StreamPath::only).ifPresent(only -> {
                caller.require(Scope.SUBSCRIBE);
                caller.requireOwn(only.id());
            });
            return path.isPresent() ? 0 : 404;
        } catch (ApiException e) {
            return e.error().status();
        } catch (IllegalArgumentException e) {
            return 400;
        }
    }

    private Caller caller(MultiMap headers) {
        return options.access().admit(headers.get("authorization"), headers.get("origin"), headers.get("host"));
    }

    private void serve(ServerWebSocket socket) {
        sockets.add(socket);
        // a broken connection is a closed one, and the other handler knows
        socket.exceptionHandler(_ -> {});
        var heartbeat = new Heartbeat(vertx, socket, options);
        var path = StreamPath.parse(socket.uri()).orElseThrow();
        Runnable close = path.only() == null
                ? new StreamsSocket(socket, codec, hub, prompts, eventLoop, options.maxStreamsPerConnection(),
                        caller(socket.headers()), quotas).serve(heartbeat)
                : new SingleStreamSocket(socket, codec, path.only()).follow(hub, eventLoop, heartbeat);
        socket.closeHandler(_ -> {
            sockets.remove(socket);
            connections.closed(socket.remoteAddress());
            heartbeat.stop();
            close.run();
        });
    }
}
