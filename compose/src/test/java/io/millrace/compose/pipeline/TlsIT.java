package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.compose.UserException;
import io.millrace.compose.role.Gateway;
import io.millrace.compose.role.Parts;
import io.millrace.compose.role.Verticles;
import io.millrace.compose.tls.TestCertificate;
import io.millrace.sink.GatewayOptions;
import io.millrace.sink.TlsFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A gateway with a certificate. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TlsIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    @TempDir
    Path folder;

    private final Parts parts = new Parts();

    @AfterEach
    void close() {
        parts.close();
    }

    private Path certificateFile() {
        return folder.resolve("certificate.pem");
    }

    private Path keyFile() {
        return folder.resolve("key.pem");
    }

    private Gateway start() {
        return Gateway.start(parts, Verticles.start(parts), CLUSTER.address(), CLUSTER.newTopics(),
                GatewayOptions.DEFAULT.withTls(new TlsFiles(certificateFile(), keyFile())));
    }

    private static int health(Gateway gateway, SSLContext trust) throws IOException, InterruptedException {
        try (var client = HttpClient.newBuilder().sslContext(trust).build()) {
            return client.send(HttpRequest.newBuilder(URI.create(gateway.httpUrl() + "/health")).build(),
                    BodyHandlers.discarding()).statusCode();
        }
    }

    private static boolean isTrusted(Gateway gateway, TestCertificate certificate) throws Exception {
        try {
            return health(gateway, certificate.trusting()) == 200;
        } catch (SSLHandshakeException e) {
            return false;
        }
    }

    @Test
    void connectionsAreEncryptedAndACertificateThatIsWrittenAnewIsUsed() throws Exception {
        var first = TestCertificate.in(folder, "first");
        first.write(certificateFile(), keyFile());
        Gateway gateway = start();
        assertThat(gateway.httpUrl()).startsWith("https://");
        assertThat(health(gateway, first.trusting())).isEqualTo(200);
        try (var client = HttpClient.newBuilder().sslContext(first.trusting()).build()) {
            WebSocket socket = client.newWebSocketBuilder().buildAsync(URI.create(gateway.url()),
                    new WebSocket.Listener() {}).join();
            socket.abort();
        }
        assertThatThrownBy(() -> health(gateway, SSLContext.getDefault())).isInstanceOf(SSLHandshakeException.class);

        // what cannot be used changes nothing
        Files.writeString(certificateFile(), "half a certif");
        var second = TestCertificate.in(folder, "second");
        assertThat(health(gateway, first.trusting())).isEqualTo(200);
        second.write(certificateFile(), keyFile());
        while (!isTrusted(gateway, second)) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    @Test
    void whatIsNoCertificateIsSaidToBeNone() throws Exception {
        Files.writeString(certificateFile(), "Dear diary");
        Files.writeString(keyFile(), "Dear diary");
        assertThatThrownBy(this::start).isInstanceOf(UserException.class)
                .hasMessageContaining("--tls-cert " + certificateFile()).hasMessageContaining("both in PEM");
    }
}
