package io.millrace.sink;

import static java.util.Objects.requireNonNull;

import io.millrace.schemas.PromptCodec;
import io.millrace.sink.http.Access;
import io.millrace.sink.http.Limits;
import io.millrace.sink.http.PageFiles;
import io.millrace.sink.http.RequestTraces;
import java.time.Duration;
import java.util.Optional;

/**
 * How a gateway serves.
 *
 * @param host to listen on
 * @param port to listen on; 0 for a free one
 * @param maxFrameBytes the largest prompt or other frame that is understood; one up to four times as large is answered with an
 *            error, a larger one ends the connection
 * @param maxStreamsPerConnection how many streams one connection may follow at a time
 * @param pingInterval how often a connection is asked whether it lives
 * @param idleTimeout a connection that gave no sign of life for so long is closed; longer than {@code pingInterval}
 * @param access who is let in
 * @param limits how much is taken on
 * @param tls empty if connections are not encrypted
 * @param page what browsers get
 * @param traces follows requests to generate
 */
public record GatewayOptions(String host, int port, int maxFrameBytes, int maxStreamsPerConnection,
        Duration pingInterval, Duration idleTimeout, Access access, Limits limits, Optional<TlsFiles> tls,
        PageFiles page, RequestTraces traces) {
    /** On loopback, on a free port. */
    public static final GatewayOptions DEFAULT = new GatewayOptions("127.0.0.1", 0, PromptCodec.DEFAULT_MAX_BYTES, 256,
            Duration.ofSeconds(15), Duration.ofSeconds(60));

    public GatewayOptions {
        requireNonNull(host, "host");
        requireNonNull(access, "access");
        requireNonNull(limits, "limits");
        requireNonNull(tls, "tls");
        requireNonNull(page, "page");
        requireNonNull(traces, "traces");
        require(port >= 0 && port <= 65_535, "port", port, "from 0 to 65535");
        require(maxFrameBytes >= 1 && maxFrameBytes <= 1 << 28, "maxFrameBytes", maxFrameBytes, "from 1 to 2^28");
        require(maxStreamsPerConnection >= 1, "maxStreamsPerConnection", maxStreamsPerConnection, "1 or more");
        require(pingInterval.toMillis() >= 1, "pingInterval", pingInterval, "1 ms or longer");
        require(idleTimeout.compareTo(pingInterval) > 0, "idleTimeout", idleTimeout, "longer than pingInterval");
    }

    /** For this machine alone, with the usual limits and no page. */
    public GatewayOptions(String host, int port, int maxFrameBytes, int maxStreamsPerConnection, Duration pingInterval,
            Duration idleTimeout) {
        this(host, port, maxFrameBytes, maxStreamsPerConnection, pingInterval, idleTimeout, Access.LOCAL,
                Limits.DEFAULT, Optional.empty(), PageFiles.NONE, RequestTraces.NONE);
    }

    public GatewayOptions withAddress(String newHost, int newPort) {
        return new GatewayOptions(newHost, newPort, maxFrameBytes, maxStreamsPerConnection, pingInterval, idleTimeout,
                access, limits, tls, page, traces);
    }

    public GatewayOptions withAccess(Access newAccess) {
        return new GatewayOptions(host, port, maxFrameBytes, maxStreamsPerConnection, pingInterval, idleTimeout,
                newAccess, limits, tls, page, traces);
    }

    public GatewayOptions withLimits(Limits newLimits) {
        return new GatewayOptions(host, port, maxFrameBytes, maxStreamsPerConnection, pingInterval, idleTimeout,
                access, newLimits, tls, page, traces);
    }

    public GatewayOptions withTls(TlsFiles files) {
        return new GatewayOptions(host, port, maxFrameBytes, maxStreamsPerConnection, pingInterval, idleTimeout, access,
                limits, Optional.of(files), page, traces);
    }

    public GatewayOptions withPage(PageFiles newPage) {
        return new GatewayOptions(host, port, maxFrameBytes, maxStreamsPerConnection, pingInterval, idleTimeout,
                access, limits, tls, newPage, traces);
    }

    public GatewayOptions withTraces(RequestTraces newTraces) {
        return new GatewayOptions(host, port, maxFrameBytes, maxStreamsPerConnection, pingInterval, idleTimeout,
                access, limits, tls, page, newTraces);
    }

    private static void require(boolean ok, String name, Object value, String range) {
        if (!ok) {
            throw new IllegalArgumentException(name + " must be " + range + ", not " + value);
        }
    }
}
