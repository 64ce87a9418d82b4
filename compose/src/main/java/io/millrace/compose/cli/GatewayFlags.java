package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.sink.GatewayOptions;
import picocli.CommandLine.Option;

/** Where a gateway listens. */
final class GatewayFlags {
    @Option(names = "--host", paramLabel = "HOST", defaultValue = "127.0.0.1", description = "Address to listen on; ${DEFAULT-VALUE} unless given, 0.0.0.0 for every network.")
    private String host;

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8080", description = "Port for WebSocket and HTTP, 0 for a free one; ${DEFAULT-VALUE} unless given.")
    private int port;

    GatewayOptions options() {
        try {
            return GatewayOptions.DEFAULT.withAddress(host, port);
        } catch (IllegalArgumentException e) {
            throw new UserException("--" + e.getMessage(), e);
        }
    }
}
