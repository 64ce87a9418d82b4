package io.millrace.sink.http;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Who is let in.
 *
 * @param keys that are asked for; empty to let in everybody who can connect
 * @param allowedOrigins of web pages, besides the gateway's own, such as {@code https://example.com}
 * @param onLoopback whether nobody but this machine can connect. Then a request must be for a name of this machine, unless a key comes with it: web pages of
 *            others can have their own names point here
 */
public record Access(Optional<ApiKeys> keys, Set<String> allowedOrigins, boolean onLoopback) {
    /** Nothing but this machine's own, without keys. */
    public static final Access LOCAL = new Access(Optional.empty(), Set.of(), true);

    private static final String SCHEME = "bearer ";

    public Access {
        requireNonNull(keys, "keys");
        allowedOrigins = Set.copyOf(allowedOrigins);
    }

    /**
     * Whoever sends a request with these headers, null where there is none.
     *
     * @throws ApiException if they are not let in
     */
    public Caller admit(String authorization, String origin, String host) {
        requireOrigin(origin, host);
        if (keys.isEmpty()) {
            return Caller.ANYBODY;
        }
        if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            throw new ApiException(ApiError.unauthorized("a key is needed: Authorization: Bearer KEY"));
        }
        return keys.get().find(authorization.substring(SCHEME.length()).strip())
                .orElseThrow(() -> new ApiException(ApiError.unauthorized("the key is not known here")));
    }

    private void requireOrigin(String origin, String host) {
        boolean isListed = origin != null && allowedOrigins.contains(origin);
        boolean isOwn = origin == null || host != null && host.equalsIgnoreCase(authority(origin));
        if (!isListed && !isOwn) {
            throw new ApiException(ApiError.forbidden("web pages of this origin are not let in: --allowed-origins"));
        }
        if (onLoopback && keys.isEmpty() && !isListed && !isLocal(host)) {
            throw new ApiException(ApiError.forbidden("this gateway serves its own machine, by the name localhost or"
                    + " the address of the loopback device"));
        }
    }

    private static String authority(String origin) {
        try {
            return URI.create(origin).getAuthority();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Without a look at name servers, which is what must not be trusted. */
    private static boolean isLocal(String host) {
        if (host == null) {
            // of HTTP/1.0, which no browser speaks
            return true;
        }
        String name = host.replaceFirst(":\\d*$", "").replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT);
        if (name.equals("localhost") || name.endsWith(".localhost")) {
            return true;
        }
        try {
            return name.matches("[0-9a-f:.]+") && InetAddress.ofLiteral(name).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Whether a host to listen on can be reached from this machine alone.
     *
     * @throws UnknownHostException if nobody knows it
     */
    public static boolean isLoopback(String host) throws UnknownHostException {
        return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
    }
}
