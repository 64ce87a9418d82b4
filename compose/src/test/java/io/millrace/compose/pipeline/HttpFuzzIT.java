package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.http.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever comes over a connection, it is answered or the connection is closed, and the gateway goes on. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class HttpFuzzIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private static final Duration TIME = Duration.ofSeconds(8);
    private static final int PATIENCE_MILLIS = 5_000;
    private static final List<String> PATHS = List.of("/v1/chat/completions", "/v1/completions", "/completion",
            "/v1/models", "/v1/models/%00%ff", "/health", "/v1/streams/%ff?from=9999999999", "/v1/stream", "/..", "/%",
            "*", "//", "/v1/stream/x?from=-1");
    private static final List<String> METHODS = List.of("GET", "POST", "DELETE", "PUT", "OPTIONS", "HEAD", "BREW");
    private static final List<String> HEADERS = List.of("content-length: 5", "content-length: -1",
            "content-length: 99999999999", "transfer-encoding: chunked", "expect: 100-continue", "connection: close",
            "upgrade: websocket", "connection: upgrade", "sec-websocket-key: x", "sec-websocket-version: 13",
            "origin: null", "authorization: Bearer", "idempotency-key: ", "x-request-id: \u0000", "accept: x",
            "content-type: multipart/form-data; boundary=x", "content-encoding: gzip", "upgrade: h2c",
            "last-event-id: x");
    private static final List<String> BODIES = List.of("", "{", "{\"prompt\":\"1 tokens\"}", "[[[[[[",
            "{\"prompt\":\"a refusal\",\"stream\":true}", "{\"messages\":[{}]}", "{\"prompt\":1e99999}",
            "5\r\n{\"a\":\r\n",
            "zz\r\n", "0\r\n\r\n");

    @Test
    void nothingIsLeftWithoutAnAnswer() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var limits = new Limits(100, 10, 1000, 1000, Duration.ofMillis(200), Duration.ofMillis(300));
        try (var pipeline = new Pipeline(CLUSTER);
                var worker = Worker.start(pipeline, new ScriptedRunner());
                var gateway = HttpGateway.start(pipeline, options -> options.withLimits(limits))) {
            long end = System.nanoTime() + TIME.toNanos();
            int answered = 0;
            int requests = 0;
            while (System.nanoTime() < end) {
                requests++;
                byte[] request = request(random);
                assertThat(isSettled(gateway.port(), request, random)).as("seed %s, request %s: %s", seed, requests,
                        new String(request, StandardCharsets.ISO_8859_1)).isTrue();
                if (requests % 20 == 0) {
                    assertThat(sendAlone(gateway.request("/health").build()).statusCode()).isEqualTo(200);
                    answered++;
                }
            }
            assertThat(answered).as("seed %s", seed).isPositive();
            assertThat(sendAlone(gateway.post("/v1/completions", "{\"prompt\": \"1 tokens\"}")).body())
                    .contains("w0 ");
            assertThat(worker.worker.ended()).isNotCompleted();
        }
    }

    /** On a connection of its own: one that was kept may be closed for idleness while a request is on its way. */
    private static HttpResponse<String> sendAlone(HttpRequest request) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request, BodyHandlers.ofString());
        }
    }

    private static byte[] request(Random random) {
        if (random.nextInt(8) == 0) {
            byte[] noise = new byte[random.nextInt(2000)];
            random.nextBytes(noise);
            return noise;
        }
        var text = new StringBuilder(any(METHODS, random)).append(' ').append(any(PATHS, random)).append(" HTTP/1.")
                .append(random.nextInt(2)).append("\r\nhost: localhost\r\n");
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append(any(HEADERS, random)).append("\r\n");
        }
        if (random.nextInt(10) == 0) {
            text.append("x: ").repeat("y", random.nextInt(100_000)).append("\r\n");
        }
        String body = any(BODIES, random);
        if (random.nextBoolean()) {
            text.append("content-length: ").append(body.length()).append("\r\n");
        }
        text.append("\r\n").append(body);
        if (random.nextInt(10) == 0) {
            // a frame of many gigabytes, or the beginning of one
            text.append("\u0081\u00ff\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff");
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    private static <T> T any(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }

    /** Whether the gateway says something, or ends the connection, before patience does. */
    private static boolean isSettled(int port, byte[] request, Random random) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            int half = request.length == 0 ? 0 : random.nextInt(request.length);
            socket.getOutputStream().write(request, 0, half);
            socket.getOutputStream().write(request, half, request.length - half);
            if (random.nextInt(10) == 0) {
                // half open: nothing more will come
                socket.shutdownOutput();
            }
            if (random.nextInt(10) == 0) {
                return true;
            }
            InputStream in = socket.getInputStream();
            return in.read() >= -1;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            // it closed while it was written to
            return true;
        }
    }
}
