package io.millrace.sink.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The connections that are open: no more than there may be, and none for long that asks for nothing. Belongs to the server's event loop.
 */
public final class Connections {
    private static final int SWEEPS_PER_TIMEOUT = 4;

    private final Vertx vertx;
    private final Limits limits;
    /** By the client's address, which no two of them share. */
    private final Map<SocketAddress, Open> open = new HashMap<>();
    private long timer;

    private static final class Open {
        private final HttpConnection connection;
        private final boolean isOneTooMany;
        private int requests;
        private long idleSinceNanos = System.nanoTime();

        Open(HttpConnection connection, boolean isOneTooMany) {
            this.connection = connection;
            this.isOneTooMany = isOneTooMany;
        }
    }

    public Connections(Vertx vertx, Limits limits) {
        this.vertx = vertx;
        this.limits = limits;
    }

    /** Watches until {@link #stop}. */
    public void start() {
        timer = vertx.setPeriodic(Math.max(1, limits.idleTimeout().toMillis() / SWEEPS_PER_TIMEOUT), _ -> sweep());
    }

    public void stop() {
        vertx.cancelTimer(timer);
    }

    public void opened(HttpConnection connection) {
        SocketAddress client = connection.remoteAddress();
        open.put(client, new Open(connection, open.size() >= limits.maxConnections()));
        connection.closeHandler(_ -> closed(client));
    }

    /** The connection is closed: to be called for one that became a WebSocket, as its end is not that of an HTTP connection any more. */
    public void closed(SocketAddress client) {
        open.remove(client);
    }

    /** Whether this client's connection is beyond the limit. */
    public boolean isOneTooMany(SocketAddress client) {
        Open connection = open.get(client);
        return connection != null && connection.isOneTooMany;
    }

    /** The connection is busy until it is closed: a WebSocket, which has a heartbeat of its own. */
    public void keep(SocketAddress client) {
        Open connection = open.get(client);
        if (connection != null) {
            connection.requests++;
        }
    }

    void begin(RoutingContext context) {
        Open connection = open.get(context.request().remoteAddress());
        if (connection != null) {
            connection.requests++;
            context.addEndHandler(_ -> {
                connection.requests--;
                connection.idleSinceNanos = System.nanoTime();
            });
            if (connection.isOneTooMany) {
                context.response().putHeader("connection", "close");
                throw new ApiException(ApiError.unavailable("there are " + limits.maxConnections()
                        + " connections, and no more may be"));
            }
        }
        context.next();
    }

    private void sweep() {
        long now = System.nanoTime();
        for (Open connection : List.copyOf(open.values())) {
            if (connection.requests == 0 && now - connection.idleSinceNanos > limits.idleTimeout().toNanos()) {
                var _ = connection.connection.close();
            }
        }
    }
}
