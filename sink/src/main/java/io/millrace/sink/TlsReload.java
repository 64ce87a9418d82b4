package io.millrace.sink;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.ServerSSLOptions;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether a server's certificate was written anew, and has new connections get it. Those that are open keep theirs, and a certificate that cannot be used
 * changes nothing. Belongs to the server's event loop.
 */
final class TlsReload {
    private static final Logger LOG = LoggerFactory.getLogger(TlsReload.class);
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final HttpServer server;
    private final TlsFiles files;
    /** Of what was read last; empty before the first look. */
    private Optional<TlsFiles.State> seen = Optional.empty();
    private long timer;

    TlsReload(Vertx vertx, HttpServer server, TlsFiles files) {
        this.vertx = vertx;
        this.server = server;
        this.files = files;
    }

    void start() {
        look();
        timer = vertx.setPeriodic(INTERVAL.toMillis(), _ -> look());
    }

    void stop() {
        vertx.cancelTimer(timer);
    }

    private void look() {
        var _ = vertx.executeBlocking(files::state).onSuccess(this::found).onFailure(e -> LOG.warn(
                "the certificate cannot be found, the one that was read is kept: {}", e.toString()));
    }

    private void found(TlsFiles.State state) {
        boolean isChanged = seen.isPresent() && !seen.get().equals(state);
        // tried once: what is broken is not better a moment later, and a file that is half written will change again
        seen = Optional.of(state);
        if (isChanged) {
            var _ = server.updateSSLOptions(new ServerSSLOptions().setKeyCertOptions(files.options()), true)
                    .onSuccess(_ -> LOG.info("the certificate was read again from {}", files.certificate()))
                    .onFailure(e -> LOG.warn("the certificate in {} cannot be used, the old one is kept: {}",
                            files.certificate(), e.toString()));
        }
    }
}
