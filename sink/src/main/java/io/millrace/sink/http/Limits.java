package io.millrace.sink.http;

import java.time.Duration;

/**
 * How much a gateway takes on.
 *
 * @param maxConnections that are open at a time; more are answered 503 and closed
 * @param maxQueuedRequests prompts of one key that have not ended
 * @param maxQueuedTokens of one key's prompts that have not ended, at a guess by their length
 * @param maxLag prompts that wait for workers, of all; beyond it new ones are answered 429
 * @param bodyTimeout how long a request may take to arrive
 * @param idleTimeout how long a connection may be open without a request
 */
public record Limits(int maxConnections, int maxQueuedRequests, long maxQueuedTokens, long maxLag,
        Duration bodyTimeout, Duration idleTimeout) {
    public static final Limits DEFAULT = new Limits(20_000, 1_000, 10_000_000, 10_000, Duration.ofSeconds(30),
            Duration.ofSeconds(75));

    public Limits {
        require(maxConnections >= 1, "max-connections", maxConnections);
        require(maxQueuedRequests >= 1, "max-queued-requests", maxQueuedRequests);
        require(maxQueuedTokens >= 1, "max-queued-tokens", maxQueuedTokens);
        require(maxLag >= 1, "max-lag", maxLag);
        require(bodyTimeout.toMillis() >= 1, "bodyTimeout", bodyTimeout);
        require(idleTimeout.toMillis() >= 1, "idleTimeout", idleTimeout);
    }

    private static void require(boolean ok, String name, Object value) {
        if (!ok) {
            throw new IllegalArgumentException(name + " must be 1 or more, not " + value);
        }
    }
}
