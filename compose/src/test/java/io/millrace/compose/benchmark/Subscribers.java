package io.millrace.compose.benchmark;

import io.millrace.schemas.ClientFrame;
import io.millrace.schemas.FrameCodec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** WebSocket clients, a connection each. */
final class Subscribers implements AutoCloseable {
    private static final int AT_A_TIME = 50;
    private static final int MOST = 30_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final WebSocketClient client = vertx.createWebSocketClient(new WebSocketClientOptions()
            .setMaxConnections(MOST));
    private final FrameCodec codec = new FrameCodec();
    private final URI url;
    private final Map<String, Follower> followers = new ConcurrentHashMap<>();

    /** What one of them has seen. Belongs to the clients' event loop until it has ended. */
    private static final class Follower {
        private final CountDownLatch ended = new CountDownLatch(1);
        private final long[] nanos = new long[1 << 10];
        private WebSocket socket;
        private int tokens;

        void frame(String frame) {
            if (frame.startsWith("{\"type\":\"token\"")) {
                if (!frame.contains("\"seq\":" + tokens + ",")) {
                    throw new IllegalStateException("token " + tokens + " was expected: " + frame);
                }
                int text = frame.indexOf("\"text\":\" ") + 9;
                nanos[tokens++] = System.nanoTime() - Long.parseLong(frame.substring(text, frame.indexOf(' ', text)));
            } else if (frame.startsWith("{\"type\":\"completed\"")) {
                ended.countDown();
            }
        }
    }

    Subscribers(String url) {
        this.url = URI.create(url);
    }

    /** Returns once each follows its stream; {@code stalled} ones then never read. */
    void connect(List<String> ids, boolean stalled) throws InterruptedException {
        for (int from = 0; from < ids.size(); from += AT_A_TIME) {
            var connecting = ids.subList(from, Math.min(ids.size(), from + AT_A_TIME)).stream()
                    .map(id -> connect(id, stalled)).toList();
            Future.all(connecting).await();
        }
    }

    private Future<?> connect(String id, boolean stalled) {
        var follower = new Follower();
        return client.connect(new WebSocketConnectOptions().setHost(url.getHost()).setPort(url.getPort())
                .setURI(url.getPath())).compose(socket -> {
                    follower.socket = socket;
                    if (stalled) {
                        socket.pause();
                    } else {
                        followers.put(id, follower);
                        socket.textMessageHandler(follower::frame);
                    }
                    return socket.writeTextMessage(codec.encode(new ClientFrame.Subscribe(id, 0)));
                });
    }

    /** Waits for the ends of these streams, checks that none lost anything, and lets them go. */
    Latencies finish(List<String> ids, int tokens) throws InterruptedException {
        long[] all = new long[ids.size() * tokens];
        for (int i = 0; i < ids.size(); i++) {
            Follower follower = followers.remove(ids.get(i));
            if (!follower.ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS) || follower.tokens != tokens) {
                throw new IllegalStateException(ids.get(i) + " has " + follower.tokens + " of " + tokens + " tokens");
            }
            System.arraycopy(follower.nanos, 0, all, i * tokens, tokens);
            follower.socket.close().await();
        }
        return new Latencies(all);
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
