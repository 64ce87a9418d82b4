package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.sink.GatewayOptions;
import io.millrace.sink.TlsFiles;
import io.millrace.sink.http.Access;
import io.millrace.sink.http.ApiKeys;
import io.millrace.sink.http.Limits;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** Where a gateway listens, whom it lets in, and how much it takes on. */
final class GatewayFlags {
    @Option(names = "--host", paramLabel = "HOST", defaultValue = "127.0.0.1", description = "Address to listen on; ${DEFAULT-VALUE} unless given, 0.0.0.0 for every network. Any but this machine's own needs --api-keys or --insecure.")
    private String host;

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8080", description = "Port for WebSocket and HTTP, 0 for a free one; ${DEFAULT-VALUE} unless given.")
    private int port;

    @Option(names = "--api-keys", paramLabel = "FILE", description = "Let in those who have a key; lines of this file are made by 'millrace key NAME'.")
    private Path apiKeys;

    @Option(names = "--insecure", description = "Let in everybody who can connect.")
    private boolean insecure;

    @Option(names = "--allowed-origins", paramLabel = "ORIGIN", split = ",", description = "Web pages that may use this gateway besides its own, such as https://example.com; several with commas between.")
    private Set<String> allowedOrigins = Set.of();

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "Encrypt connections: the certificate in PEM, with intermediate ones behind it. Read again when it changes.")
    private Path tlsCertificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "The private key of --tls-cert in PEM, not encrypted.")
    private Path tlsKey;

    @Option(names = "--max-connections", paramLabel = "N", defaultValue = "20000", description = "Connections at a time; more are refused. ${DEFAULT-VALUE} unless given.")
    private int maxConnections;

    @Option(names = "--max-queued-requests", paramLabel = "N", defaultValue = "1000", description = "Prompts of one key that have not ended; ${DEFAULT-VALUE} unless given.")
    private int maxQueuedRequests;

    @Option(names = "--max-queued-tokens", paramLabel = "N", defaultValue = "10000000", description = "Tokens, at a guess, of one key's prompts that have not ended; ${DEFAULT-VALUE} unless given.")
    private long maxQueuedTokens;

    @Option(names = "--max-lag", paramLabel = "N", defaultValue = "10000", description = "Prompts that may wait for workers before new ones are refused; ${DEFAULT-VALUE} unless given.")
    private long maxLag;

    GatewayOptions options() {
        try {
            var limits = new Limits(maxConnections, maxQueuedRequests, maxQueuedTokens, maxLag,
                    Limits.DEFAULT.bodyTimeout(), Limits.DEFAULT.idleTimeout());
            var options = GatewayOptions.DEFAULT.withAddress(host, port).withAccess(access()).withLimits(limits);
            return tls().map(options::withTls).orElse(options);
        } catch (IllegalArgumentException e) {
            throw new UserException("--" + e.getMessage(), e);
        }
    }

    private Optional<TlsFiles> tls() {
        if ((tlsCertificate == null) != (tlsKey == null)) {
            throw new UserException("--tls-cert and --tls-key belong together: give both, or none");
        }
        if (tlsKey == null) {
            return Optional.empty();
        }
        for (Path file : List.of(tlsCertificate, tlsKey)) {
            if (!Files.isReadable(file) || Files.isDirectory(file)) {
                throw new UserException((file.equals(tlsKey) ? "--tls-key " : "--tls-cert ") + file
                        + " cannot be read: give a file in PEM");
            }
        }
        return Optional.of(new TlsFiles(tlsCertificate, tlsKey));
    }

    private Access access() {
        boolean onLoopback = isLoopback();
        if (!onLoopback && apiKeys == null && !insecure) {
            throw new UserException("--host " + host + " lets others in: give --api-keys FILE (millrace key NAME makes"
                    + " its lines), or --insecure if everybody who can connect may use it");
        }
        return new Access(Optional.ofNullable(apiKeys).map(GatewayFlags::read), allowedOrigins,
                onLoopback && !insecure);
    }

    private boolean isLoopback() {
        try {
            return Access.isLoopback(host);
        } catch (UnknownHostException e) {
            throw new UserException("--host " + host + " is not known: give an address of this machine", e);
        }
    }

    private static ApiKeys read(Path file) {
        try {
            return ApiKeys.parse(Files.readAllLines(file));
        } catch (IOException e) {
            throw new UserException("--api-keys " + file + " cannot be read: " + e, e);
        } catch (IllegalArgumentException e) {
            throw new UserException("--api-keys " + file + ": " + e.getMessage(), e);
        }
    }
}
