package io.millrace.compose.pipeline;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** What a gateway shows of one stream. */
final class StreamFrames implements WebSocket.Listener {
    private final CompletableFuture<List<String>> shown = new CompletableFuture<>();
    private final List<String> frames = new ArrayList<>();
    private final StringBuilder frame = new StringBuilder();

    private StreamFrames() {}

    /** All frames of a stream, once the gateway has closed it. */
    static List<String> toTheEnd(URI stream) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            var listener = new StreamFrames();
            client.newWebSocketBuilder().buildAsync(stream, listener).join();
            return listener.shown.get(1, TimeUnit.MINUTES);
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean isLast) {
        frame.append(data);
        if (isLast) {
            frames.add(frame.toString());
            frame.setLength(0);
        }
        return WebSocket.Listener.super.onText(socket, data, isLast);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
        shown.complete(List.copyOf(frames));
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        shown.completeExceptionally(error);
    }
}
