package io.millrace.compose.pull;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Asks servers for files. Follows redirects by itself: the token goes to the hub alone, and nothing goes from HTTPS to HTTP. Safe for any thread.
 */
public final class Web implements AutoCloseable {
    private static final int MOST_REDIRECTS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Hub hub;
    private final HttpClient client;

    /** Through the proxies, if there are any. */
    public Web(Hub hub, Proxies proxies) {
        this.hub = hub;
        // HTTP/2 would put all ranges on one connection
        HttpClient.Builder builder = HttpClient.newBuilder().version(Version.HTTP_1_1).followRedirects(Redirect.NEVER)
                .connectTimeout(PATIENCE).proxy(proxies);
        proxies.authenticator().ifPresent(builder::authenticator);
        this.client = builder.build();
    }

    /**
     * Asks for a file; the caller closes the answer, whatever its status.
     *
     * @param headers names and values in turn
     * @throws IOException if there is no answer
     * @throws PullException if redirects lead nowhere
     */
    Answer get(URI uri, List<String> headers) throws IOException {
        URI at = uri;
        Answer.Linked linked = Answer.Linked.NOTHING;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            HttpResponse<InputStream> response = send(at, headers);
            if (linked.equals(Answer.Linked.NOTHING) && hub.owns(at)) {
                linked = linked(response.headers());
            }
            Optional<String> location = isRedirect(response.statusCode())
                    ? response.headers().firstValue("Location")
                    : Optional.empty();
            if (location.isEmpty()) {
                return new Answer(uri, response, linked, hub.owns(uri) && hub.token().isPresent(), hub.owns(uri));
            }
            response.body().close();
            at = next(at, location.get());
        }
        throw new PullException(uri + ": leads from one address to the next without end");
    }

    private HttpResponse<InputStream> send(URI uri, List<String> headers) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(PATIENCE).header("User-Agent", "millrace");
        if (!headers.isEmpty()) {
            request.headers(headers.toArray(String[]::new));
        }
        hub.token().filter(_ -> hub.owns(uri)).ifPresent(token -> request.header("Authorization", "Bearer " + token));
        try {
            return client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    /** Where a redirect leads. */
    static URI next(URI from, String location) {
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new PullException(from + ": leads to '" + location + "', which is no address", e);
        }
        if (!Hub.isWeb(to) || to.getHost() == null) {
            throw new PullException(from + ": leads to " + to + ", which is no web address");
        }
        if ("https".equalsIgnoreCase(from.getScheme()) && !"https".equalsIgnoreCase(to.getScheme())) {
            throw new PullException(from + ": leads to " + to + ", which anyone on the way could change: not followed");
        }
        return to;
    }

    private static Answer.Linked linked(HttpHeaders headers) {
        Optional<String> hash = headers.firstValue("X-Linked-ETag").map(tag -> tag.replace("\"", ""))
                .filter(Checksum::isSha256);
        OptionalLong size = headers.firstValueAsLong("X-Linked-Size");
        return new Answer.Linked(hash, size);
    }

    /** Why there was no answer, in few words. */
    static String reason(IOException e) {
        if (e instanceof HttpTimeoutException) {
            return "no answer in time";
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "the host is not known";
            }
        }
        if (e instanceof ConnectException && e.getMessage() == null) {
            return "nobody listens there, or the network is down";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
