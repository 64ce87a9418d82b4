package io.millrace.compose.pull;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server answered, behind all redirects.
 *
 * @param asked the first address
 * @param linked what the first address told of the file that the last one has, as Hugging Face does
 * @param withToken whether the first address was asked with a token
 * @param isHub whether the first address is the hub's
 */
record Answer(URI asked, HttpResponse<InputStream> response, Linked linked, boolean withToken,
        boolean isHub) implements AutoCloseable {
    private static final int PARTIAL = 206;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;
    private static final int TIMED_OUT = 408;
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERRORS = 500;
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

    /** By {@code X-Linked-ETag} and {@code X-Linked-Size}. */
    record Linked(Optional<String> sha256, OptionalLong size) {
        static final Linked NOTHING = new Linked(Optional.empty(), OptionalLong.empty());
    }

    /** The part of a file that came. */
    record Range(long from, long to, long size) {}

    int status() {
        return response.statusCode();
    }

    InputStream body() {
        return response.body();
    }

    Optional<String> header(String name) {
        return response.headers().firstValue(name);
    }

    boolean isPartial() {
        return status() == PARTIAL;
    }

    /** Of a partial answer; empty if it does not say what it holds. */
    Optional<Range> range() {
        Matcher range = RANGE.matcher(header("Content-Range").orElse(""));
        return range.matches()
                ? Optional.of(new Range(Long.parseLong(range.group(1)), Long.parseLong(range.group(2)), Long
                        .parseLong(range.group(3))))
                : Optional.empty();
    }

    OptionalLong length() {
        return response.headers().firstValueAsLong("Content-Length");
    }

    /** What tells one version of the file from another: a strong ETag, or the time of its last change. */
    Optional<String> validator() {
        return header("ETag").filter(tag -> !tag.startsWith("W/")).or(() -> header("Last-Modified"));
    }

    /** Whether it may be different the next time. */
    boolean mayPass() {
        return status() >= SERVER_ERRORS || status() == TOO_MANY || status() == TIMED_OUT;
    }

    /**
     * Makes sure that this is the file, or a part of it.
     *
     * @throws PullException if it is not, and asking again does not help
     * @throws IOException if asking again may help
     */
    void requireFound() throws IOException {
        if (status() == 200 || isPartial()) {
            return;
        }
        if (mayPass()) {
            throw new IOException("the server answers " + status());
        }
        throw new PullException(asked + ": " + switch (status()) {
            case UNAUTHORIZED, FORBIDDEN -> noAccess();
            case NOT_FOUND, GONE -> isHub
                    ? "there is no such file: the repository's page lists those it has"
                    : "there is no such file: check the address";
            default -> "the server answers " + status() + ", which is no file";
        });
    }

    private String noAccess() {
        if (!isHub) {
            return "the server lets only those in who log in (" + status() + "): fetch it with a browser";
        }
        return withToken
                ? "HF_TOKEN has no access (" + status()
                        + "): check it, and whether the repository's page asks to accept its licence"
                : "there is no such repository, or it is not open to all (" + status()
                        + "): check the name, accept its licence on its page, and set HF_TOKEN";
    }

    @Override
    public void close() throws IOException {
        body().close();
    }
}
