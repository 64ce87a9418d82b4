package io.millrace.compose.chaos;

import io.millrace.schemas.FrameCodec;
import io.millrace.schemas.ServerFrame;
import io.millrace.schemas.TokenEvent;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Follows one stream over WebSocket to its end: when the connection breaks before the last event it comes again, to whichever gateway, for the first
 * {@code seq} that it has not seen. Keeps what it is given, even if it is given it twice. Safe for any thread.
 */
final class Watcher {
    private static final int RETRY_MILLIS = 200;
    private static final int STREAM_ENDED = 1000;

    private final HttpClient http;
    private final List<String> gateways;
    private final Random random;
    private final String id;
    private final FrameCodec codec = new FrameCodec();
    private final List<TokenEvent> events = new ArrayList<>();
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Connection current;
    private int nextSeq;
    private boolean sawLast;
    private int connections;

    /** One that follows nothing before {@link #start}. */
    Watcher(HttpClient http, List<String> gateways, Random random, String id) {
        this.http = http;
        this.gateways = gateways;
        this.random = random;
        this.id = id;
    }

    synchronized void start() {
        if (ended.isDone()) {
            return;
        }
        current = new Connection();
        String gateway = gateways.get(random.nextInt(gateways.size()));
        Connection connection = current;
        var _ = http.newWebSocketBuilder().buildAsync(URI.create(gateway + "/" + id + "?from=" + nextSeq), connection)
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        connection.lost();
                    }
                });
    }

    /** Completes with the stream's first token. */
    CompletableFuture<Void> begun() {
        return begun;
    }

    /** Completes with the stream's end. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** What it saw. It follows the stream no further. */
    synchronized Watched watched() {
        ended.complete(null);
        current = null;
        return new Watched(id, events, Math.max(0, connections - 1));
    }

    private synchronized void receive(Connection from, String frame) {
        if (from != current || !(codec.decodeServer(frame) instanceof ServerFrame.Event(TokenEvent event))) {
            return;
        }
        events.add(event);
        sawLast |= event.isLast();
        if (event instanceof TokenEvent.Token token) {
            nextSeq = Math.max(nextSeq, token.seq() + 1);
            begun.complete(null);
        }
    }

    private synchronized void opened() {
        connections++;
    }

    private synchronized void closed(Connection connection, int status) {
        if (connection != current) {
            return;
        }
        current = null;
        // a gateway may die between the last event and its closing; a client that has the last event asks for nothing more
        if (status == STREAM_ENDED || sawLast) {
            ended.complete(null);
        } else {
            CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS).execute(this::start);
        }
    }

    private final class Connection implements WebSocket.Listener {
        private static final int ABNORMAL = 1006;

        private final StringBuilder frame = new StringBuilder();

        @Override
        public void onOpen(WebSocket socket) {
            opened();
            WebSocket.Listener.super.onOpen(socket);
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean isLast) {
            frame.append(data);
            if (isLast) {
                receive(this, frame.toString());
                frame.setLength(0);
            }
            return WebSocket.Listener.super.onText(socket, data, isLast);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            closed(this, status);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            lost();
        }

        void lost() {
            closed(this, ABNORMAL);
        }
    }
}
