package io.millrace.sink;

import io.millrace.schemas.ClientFrame;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What a WebSocket's address asks for.
 *
 * @param only the one stream to follow; null if the client's frames say what to do
 */
record StreamPath(ClientFrame.Subscribe only) {
    private static final String ROOT = "/v1/stream";

    /**
     * Reads {@code /v1/stream} or {@code /v1/stream/{id}?from=seq}.
     *
     * @return empty if nothing is served there
     * @throws IllegalArgumentException if id or seq cannot be used
     */
    static Optional<StreamPath> parse(String uri) {
        String path = URI.create(uri).getPath();
        if (path == null || !path.equals(ROOT) && !path.startsWith(ROOT + "/")) {
            return Optional.empty();
        }
        if (path.length() <= ROOT.length() + 1) {
            return Optional.of(new StreamPath(null));
        }
        List<String> from = new QueryStringDecoder(uri).parameters().getOrDefault("from", List.of("0"));
        return Optional.of(new StreamPath(new ClientFrame.Subscribe(path.substring(ROOT.length() + 1),
                Integer.parseInt(from.getLast()))));
    }
}
