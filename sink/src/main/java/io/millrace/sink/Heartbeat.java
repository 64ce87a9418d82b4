package io.millrace.sink;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.time.Duration;

/** Pings a WebSocket and closes it when nothing comes back. Belongs to the socket's event loop. */
final class Heartbeat {
    private final Vertx vertx;
    private final ServerWebSocket socket;
    private final Duration idleTimeout;
    private final long timer;
    private long heardNanos = System.nanoTime();

    /** Watches until {@link #stop}. */
    Heartbeat(Vertx vertx, ServerWebSocket socket, GatewayOptions options) {
        this.vertx = vertx;
        this.socket = socket;
        this.idleTimeout = options.idleTimeout();
        socket.pongHandler(_ -> heard());
        timer = vertx.setPeriodic(options.pingInterval().toMillis(), _ -> beat());
    }

    void stop() {
        vertx.cancelTimer(timer);
    }

    /** The client gave a sign of life. */
    void heard() {
        heardNanos = System.nanoTime();
    }

    private void beat() {
        if (System.nanoTime() - heardNanos > idleTimeout.toNanos()) {
            var _ = socket.close(CloseCode.GOING_AWAY, "no sign of life for " + idleTimeout.toSeconds() + " s");
        } else {
            var _ = socket.writePing(Buffer.buffer());
        }
    }
}
