package io.millrace.sink;

import io.millrace.schemas.FrameCodec;
import io.millrace.sink.http.HttpApi;
import io.millrace.sink.http.ServedModels;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.ServerWebSocketHandshake;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

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
    private final ServedModels models;
    private final FrameCodec codec;
    private final Set<ServerWebSocket> sockets = new HashSet<>();
    private Scheduler eventLoop;
    private HttpServer server;

    public GatewayVerticle(GatewayOptions options, StreamHub hub, PromptQueue prompts, ServedModels models) {
        this.options = options;
        this.hub = hub;
        this.prompts = prompts;
        this.models = models;
        this.codec = new FrameCodec(options.maxFrameBytes());
    }

    @Override
    public Future<?> start() {
        eventLoop = Schedulers.fromExecutor(task -> context.runOnContext(_ -> task.run()));
        var serverOptions = new HttpServerOptions().setHost(options.host()).setPort(options.port())
                .setMaxWebSocketFrameSize(FRAMES_PER_MESSAGE * options.maxFrameBytes())
                .setMaxWebSocketMessageSize(FRAMES_PER_MESSAGE * options.maxFrameBytes())
                // frames are small and many
                .setPerMessageWebSocketCompressionSupported(false).setPerFrameWebSocketCompressionSupported(false);
        var api = new HttpApi(new TopicGenerations(hub, prompts), models, options.maxFrameBytes(),
                options.pingInterval());
        server = vertx.createHttpServer(serverOptions).requestHandler(api.router(vertx))
                .webSocketHandshakeHandler(GatewayVerticle::greet).webSocketHandler(this::serve);
        return server.listen();
    }

    /** Where it listens, once deployed. */
    public int port() {
        return server.actualPort();
    }

    @Override
    public Future<?> stop() {
        var closing = List.copyOf(sockets).stream()
                .map(socket -> socket.shutdown(CLOSE_TIMEOUT, CloseCode.GOING_AWAY, "the server is closing")).toList();
        return Future.join(closing).otherwiseEmpty().compose(_ -> server.shutdown(CLOSE_TIMEOUT));
    }

    private static void greet(ServerWebSocketHandshake handshake) {
        Optional<StreamPath> path;
        try {
            path = StreamPath.parse(handshake.uri());
        } catch (IllegalArgumentException e) {
            var _ = handshake.reject(400);
            return;
        }
        if (path.isPresent()) {
            var _ = handshake.accept();
        } else {
            var _ = handshake.reject(404);
        }
    }

    private void serve(ServerWebSocket socket) {
        sockets.add(socket);
        // a broken connection is a closed one, and the other handler knows
        socket.exceptionHandler(_ -> {});
        var heartbeat = new Heartbeat(vertx, socket, options);
        var path = StreamPath.parse(socket.uri()).orElseThrow();
        Runnable close = path.only() == null
                ? new StreamsSocket(socket, codec, hub, prompts, eventLoop, options.maxStreamsPerConnection())
                        .serve(heartbeat)
                : new SingleStreamSocket(socket, codec, path.only()).follow(hub, eventLoop, heartbeat);
        socket.closeHandler(_ -> {
            sockets.remove(socket);
            heartbeat.stop();
            close.run();
        });
    }
}
