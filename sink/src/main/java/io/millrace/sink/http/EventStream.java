package io.millrace.sink.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;

/**
 * An answer of Server-Sent Events, with comments for proxies and clients that give up on silence. Belongs to the request's event loop.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">the standard</a>
 */
final class EventStream {
    private static final Buffer HEARTBEAT = Buffer.buffer(": waiting\n\n");

    private final Vertx vertx;
    private final HttpServerResponse response;
    private final long timer;

    /** Begins with the head of the answer. */
    EventStream(Vertx vertx, HttpServerResponse response, long heartbeatMillis) {
        this.vertx = vertx;
        this.response = response;
        response.setChunked(true).putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                // of nginx: do not gather what comes
                .putHeader("x-accel-buffering", "no");
        write(HEARTBEAT);
        timer = vertx.setPeriodic(heartbeatMillis, _ -> beat());
    }

    void send(JsonObject data) {
        send(data.encode());
    }

    /** Sends an event of a type of its own. */
    void sendAs(String type, JsonObject data) {
        write(Buffer.buffer("event: " + type + "\ndata: " + data.encode() + "\n\n"));
    }

    /** Sends one line. */
    void send(String data) {
        write(Buffer.buffer("data: " + data + "\n\n"));
    }

    void send(String id, String data) {
        write(Buffer.buffer(("id: " + id + "\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8)));
    }

    private void beat() {
        // a client that does not read needs no sign of life
        if (!isFull()) {
            write(HEARTBEAT);
        }
    }

    private void write(Buffer buffer) {
        if (!response.closed()) {
            // a failed write is a client that went away, of which the close handler knows
            var _ = response.write(buffer);
        }
    }

    boolean isFull() {
        return response.writeQueueFull();
    }

    /** To be called once when nothing more will be sent, or nobody is there any more. */
    void end() {
        vertx.cancelTimer(timer);
        if (!response.closed() && !response.ended()) {
            var _ = response.end();
        }
    }

    /** Nobody is there any more. */
    void stop() {
        vertx.cancelTimer(timer);
    }
}
