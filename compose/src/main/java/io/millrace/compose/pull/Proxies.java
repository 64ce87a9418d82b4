package io.millrace.compose.pull;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Proxies as the environment names them: {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code ALL_PROXY}, {@code NO_PROXY}, in capitals or not. */
public final class Proxies extends ProxySelector {
    private final Map<String, String> environment;

    /**
     * Looks at the environment.
     *
     * @throws PullException if a proxy has no address that can be read
     */
    public Proxies(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        Stream.of("http", "https").forEach(this::proxy);
    }

    @Override
    public List<Proxy> select(URI uri) {
        Optional<URI> proxy = isDirect(uri) ? Optional.empty() : proxy(uri.getScheme().toLowerCase(Locale.ROOT));
        return List.of(proxy.map(at -> new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(at.getHost(), port(
                at)))).orElse(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // whoever asked is told
    }

    /** Who logs in at a proxy whose address has a name and a password in it. */
    Optional<Authenticator> authenticator() {
        List<URI> withPassword = Stream.of("http", "https").flatMap(scheme -> proxy(scheme).stream())
                .filter(proxy -> proxy.getUserInfo() != null).toList();
        return withPassword.isEmpty() ? Optional.empty() : Optional.of(new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return getRequestorType() != RequestorType.PROXY
                        ? null
                        : withPassword.stream().filter(proxy -> proxy.getHost().equalsIgnoreCase(getRequestingHost())
                                && port(proxy) == getRequestingPort()).findFirst().map(Proxies::login).orElse(null);
            }
        });
    }

    private static PasswordAuthentication login(URI proxy) {
        String[] both = proxy.getUserInfo().split(":", 2);
        return new PasswordAuthentication(both[0], both.length == 1 ? new char[0] : both[1].toCharArray());
    }

    private Optional<URI> proxy(String scheme) {
        return variable(scheme + "_proxy").or(() -> variable("all_proxy")).map(value -> address(scheme, value));
    }

    private static URI address(String scheme, String value) {
        String name = scheme.toUpperCase(Locale.ROOT) + "_PROXY";
        try {
            URI uri = URI.create(value.contains("://") ? value : "http://" + value);
            if (uri.getHost() != null && "http".equalsIgnoreCase(uri.getScheme())) {
                return uri;
            }
        } catch (IllegalArgumentException _) {
            // the value may hold a password, so that it is not shown
        }
        throw new PullException(name + " names no proxy that can be used: give one such as http://proxy.example:3128");
    }

    private static int port(URI proxy) {
        return proxy.getPort() < 0 ? 80 : proxy.getPort();
    }

    private Optional<String> variable(String name) {
        return Stream.of(name, name.toUpperCase(Locale.ROOT)).map(environment::get)
                .filter(value -> value != null && !value.isBlank()).map(String::strip).findFirst();
    }

    private boolean isDirect(URI uri) {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        return variable("no_proxy").stream().flatMap(list -> Arrays.stream(list.split("[,\\s]+")))
                .map(entry -> entry.toLowerCase(Locale.ROOT))
                .anyMatch(entry -> entry.equals("*") || matches(host, uri.getPort(), entry));
    }

    private static boolean matches(String host, int port, String entry) {
        String name = entry.replaceFirst("^\\*?\\.", "");
        String withPort = host + ":" + port;
        return !name.isEmpty() && (host.equals(name) || withPort.equals(name) || host.endsWith("." + name));
    }
}
