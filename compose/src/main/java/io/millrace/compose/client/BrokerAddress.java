package io.millrace.compose.client;

import io.millrace.compose.UserException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * The brokers a client begins with, and how it gets in.
 *
 * @param servers one or more of {@code host:port}
 * @param security Kafka's client settings for TLS and SASL; empty if the brokers let everybody in
 */
public record BrokerAddress(List<String> servers, Map<String, String> security) {
    private static final Pattern HOST_AND_PORT = Pattern.compile("([^\\s:]+|\\[[0-9a-fA-F:.%]+\\]):(?<port>\\d{1,5})");
    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

    public BrokerAddress {
        servers = List.copyOf(servers);
        security = Map.copyOf(security);
        if (servers.isEmpty()) {
            throw new UserException("--bootstrap-servers is empty: give HOST:PORT, or several with commas between");
        }
        servers.forEach(BrokerAddress::check);
    }

    /**
     * Reads a flag's value.
     *
     * @throws UserException if {@code text} is not {@code host:port}, or several with commas between
     */
    public static BrokerAddress parse(String text) {
        return new BrokerAddress(
                Arrays.stream(text.split(",", -1)).map(String::strip).filter(s -> !s.isEmpty()).toList(), Map.of());
    }

    public BrokerAddress withSecurity(Map<String, String> settings) {
        return new BrokerAddress(servers, settings);
    }

    /** What every client of Kafka's needs to get there. */
    public Map<String, Object> clientSettings() {
        return clientSettings(Map.of());
    }

    /** The same, and what this client needs besides. */
    public Map<String, Object> clientSettings(Map<String, Object> own) {
        Map<String, Object> settings = new HashMap<>(security);
        settings.putAll(own);
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
        return Map.copyOf(settings);
    }

    /** As Kafka's clients want it. */
    public String bootstrapServers() {
        return String.join(",", servers);
    }

    /**
     * Returns once one of the brokers accepts a connection: Kafka's own clients would go on trying for a minute.
     *
     * @throws UserException if none does, within about two seconds each
     */
    public void requireReachable() {
        IOException last = null;
        for (var server : servers) {
            try (var socket = new Socket()) {
                socket.connect(socketAddress(server), CONNECT_TIMEOUT_MILLIS);
                return;
            } catch (IOException e) {
                last = e;
            }
        }
        throw new UserException("no Kafka broker answers at " + bootstrapServers()
                + ": start one with ./millrace up, or name another with --bootstrap-servers", last);
    }

    private static InetSocketAddress socketAddress(String server) {
        int colon = server.lastIndexOf(':');
        return new InetSocketAddress(server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
    }

    private static void check(String server) {
        var matcher = HOST_AND_PORT.matcher(server);
        if (!matcher.matches() || Integer.parseInt(matcher.group("port")) > 65_535) {
            throw new UserException(
                    "--bootstrap-servers must be HOST:PORT, or several with commas between, not '" + server + "'");
        }
    }
}
