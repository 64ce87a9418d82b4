package io.millrace.compose.trace;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/** Takes traces as OpenTelemetry's protocol over HTTP has it, and shows them. */
final class TraceCollector implements AutoCloseable {
    private final HttpServer server;
    private final BlockingQueue<Received> spans = new LinkedBlockingQueue<>();
    final List<String> headers = new CopyOnWriteArrayList<>();

    /** A span, and the service that sent it. */
    record Received(String service, Span span) {
        String name() {
            return span.getName();
        }

        String trace() {
            return HexFormat.of().formatHex(span.getTraceId().toByteArray());
        }

        String id() {
            return HexFormat.of().formatHex(span.getSpanId().toByteArray());
        }

        String parent() {
            return HexFormat.of().formatHex(span.getParentSpanId().toByteArray());
        }

        String attribute(String name) {
            return span.getAttributesList().stream().filter(attribute -> attribute.getKey().equals(name)).map(
                    attribute -> attribute.getValue().hasIntValue()
                            ? String.valueOf(attribute.getValue().getIntValue())
                            : attribute.getValue().getStringValue())
                    .findFirst().orElse(null);
        }
    }

    TraceCollector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", exchange -> {
            headers.add(String.valueOf(exchange.getRequestHeaders().getFirst("x-team")));
            boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            try (exchange;
                    InputStream body = packed
                            ? new GZIPInputStream(exchange.getRequestBody())
                            : exchange.getRequestBody()) {
                ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().forEach(resource -> {
                    String service = resource.getResource().getAttributesList().stream()
                            .filter(attribute -> attribute.getKey().equals("service.name")).findFirst().orElseThrow()
                            .getValue().getStringValue();
                    resource.getScopeSpansList().forEach(scope -> scope.getSpansList().forEach(span -> spans.add(
                            new Received(service, span))));
                });
                exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
                exchange.sendResponseHeaders(200, -1);
            }
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Waits for the next span. */
    Received next() throws InterruptedException {
        Received next = spans.poll(20, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no span came");
        }
        return next;
    }

    /** Whether one comes in that time. */
    boolean isSilentFor(Duration time) throws InterruptedException {
        return spans.poll(time.toMillis(), TimeUnit.MILLISECONDS) == null;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
