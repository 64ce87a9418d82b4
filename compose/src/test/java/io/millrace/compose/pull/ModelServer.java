package io.millrace.compose.pull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real HTTP server that has files, and misbehaves as it is told to. */
final class ModelServer implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

    /** What goes wrong with one request; the rest of them are served. */
    interface Fault {
        /** Whether it has answered. */
        boolean answer(HttpExchange exchange) throws IOException;
    }

    private final HttpServer server;
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, Map<String, String>> headers = new ConcurrentHashMap<>();
    private final AtomicInteger active = new AtomicInteger();
    final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<String> tokens = new CopyOnWriteArrayList<>();
    final AtomicLong bytesSent = new AtomicLong();
    final AtomicInteger mostActive = new AtomicInteger();
    volatile boolean givesRanges = true;
    volatile boolean sendsLengths = true;
    volatile String etag = "\"one\"";
    /** Nothing is served, once so many bytes have been. */
    volatile long endsAfter = Long.MAX_VALUE;

    ModelServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    ModelServer file(String path, byte[] bytes) {
        files.put(path, bytes);
        return this;
    }

    /** A header for one path; a Location makes it a redirect. */
    ModelServer header(String path, String name, String value) {
        headers.computeIfAbsent(path, _ -> new ConcurrentHashMap<>()).put(name, value);
        return this;
    }

    /** The next requests end so. */
    ModelServer failing(int times, Fault fault) {
        for (int i = 0; i < times; i++) {
            faults.add(fault);
        }
        return this;
    }

    /** Serves so many requests together, once all of them are there. */
    static Fault untilAsked(int times) {
        var company = new CountDownLatch(times);
        return _ -> {
            company.countDown();
            try {
                company.await();
            } catch (InterruptedException e) {
                throw new InterruptedIOException(e.getMessage());
            }
            return false;
        };
    }

    static Fault status(int status) {
        return exchange -> {
            exchange.sendResponseHeaders(status, -1);
            return true;
        };
    }

    private void handle(HttpExchange exchange) throws IOException {
        mostActive.accumulateAndGet(active.incrementAndGet(), Math::max);
        try (exchange) {
            URI uri = exchange.getRequestURI();
            String range = exchange.getRequestHeaders().getFirst("Range");
            requests.add(uri + (range == null ? "" : " " + range));
            tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            Fault fault = faults.poll();
            if (fault == null || !fault.answer(exchange)) {
                serve(exchange, uri.getPath(), range);
            }
        } finally {
            active.decrementAndGet();
        }
    }

    private void serve(HttpExchange exchange, String path, String range) throws IOException {
        Map<String, String> own = headers.getOrDefault(path, Map.of());
        own.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        byte[] file = files.get(path);
        if (own.containsKey("Location") || file == null) {
            exchange.sendResponseHeaders(own.containsKey("Location") ? 302 : 404, -1);
            return;
        }
        if (bytesSent.get() >= endsAfter) {
            exchange.sendResponseHeaders(503, -1);
            return;
        }
        if (etag != null) {
            exchange.getResponseHeaders().set("ETag", etag);
        }
        String ifRange = exchange.getRequestHeaders().getFirst("If-Range");
        Matcher asked = RANGE.matcher(String.valueOf(range));
        if (givesRanges && asked.matches() && (ifRange == null || ifRange.equals(etag))) {
            int from = Integer.parseInt(asked.group(1));
            int to = Math.min(Integer.parseInt(asked.group(2)), file.length - 1);
            exchange.getResponseHeaders().putIfAbsent("Content-Range", List.of("bytes " + from + "-" + to + "/"
                    + file.length));
            send(exchange, 206, Arrays.copyOfRange(file, from, to + 1));
        } else {
            send(exchange, 200, file);
        }
    }

    private void send(HttpExchange exchange, int status, byte[] bytes) throws IOException {
        exchange.sendResponseHeaders(status, sendsLengths ? bytes.length : 0);
        int count = (int) Math.min(bytes.length, Math.max(0, endsAfter - bytesSent.get()));
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(bytes, 0, count);
            bytesSent.addAndGet(count);
            if (count < bytes.length) {
                exchange.close();
            }
        }
    }

    /** Sends that many bytes of what was asked for, then hangs up; or, if {@code hang} is not null, waits for that. */
    Fault brokenAfter(int bytes, Runnable hang) {
        return exchange -> {
            byte[] file = files.get(exchange.getRequestURI().getPath());
            Matcher asked = RANGE.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
            boolean partial = givesRanges && asked.matches();
            int from = partial ? Integer.parseInt(asked.group(1)) : 0;
            int to = partial ? Math.min(Integer.parseInt(asked.group(2)), file.length - 1) : file.length - 1;
            if (to - from < bytes) {
                return false;
            }
            exchange.getResponseHeaders().set("ETag", etag);
            if (partial) {
                exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + to + "/" + file.length);
            }
            exchange.sendResponseHeaders(partial ? 206 : 200, to - from + 1);
            exchange.getResponseBody().write(file, from, bytes);
            exchange.getResponseBody().flush();
            bytesSent.addAndGet(bytes);
            if (hang != null) {
                hang.run();
            }
            exchange.close();
            return true;
        };
    }

    /** A listing as Hugging Face gives it. */
    ModelServer listing(String repository, String... paths) {
        var entries = new StringBuilder("[{\"type\":\"directory\",\"path\":\"x\"}");
        for (String path : paths) {
            entries.append(",{\"type\":\"file\",\"path\":\"").append(path).append("\",\"size\":1}");
        }
        return file("/api/models/" + repository + "/tree/main", entries.append("]").toString().getBytes(
                StandardCharsets.UTF_8));
    }

    Map<String, String> asHub(String... more) {
        var environment = new HashMap<String, String>();
        environment.put("HF_ENDPOINT", url());
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return environment;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
