package io.millrace.compose.pull;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Brings the bytes of one file into its part file, over several connections where the server can give pieces. */
final class Download {
    private static final int BUFFER = 1 << 16;
    private static final Duration SAVED_EVERY = Duration.ofSeconds(1);

    private final Web web;
    private final URI uri;
    private final Version version;
    private final PartFile part;
    private final PullOptions options;
    private final PullProgress progress;
    private final Transfers transfers;

    Download(Web web, URI uri, Version version, PartFile part, PullOptions options, PullProgress progress,
            Transfers transfers) {
        this.web = web;
        this.uri = uri;
        this.version = version;
        this.part = part;
        this.options = options;
        this.progress = progress;
        this.transfers = transfers;
    }

    /**
     * Fetches what is missing.
     *
     * @throws ChangedException if the server has another version now: what has come is of no use
     * @throws IOException if the disk takes no more
     * @throws PullException if the server does not give it
     */
    void run() throws IOException {
        Queue<Integer> pieces = new ConcurrentLinkedQueue<>(IntStream.range(0, part.pieces())
                .filter(piece -> version.size() < 0 || part.missing(piece) > 0).boxed().toList());
        int connections = Math.max(1, Math.min(options.connections(), pieces.size()));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = new ExecutorCompletionService<Void>(threads);
            var running = new ArrayList<Future<Void>>();
            for (int i = 0; i < connections; i++) {
                running.add(results.submit(() -> {
                    for (Integer piece = pieces.poll(); piece != null && !transfers.isStopped(); piece = pieces
                            .poll()) {
                        fetch(piece);
                    }
                    return null;
                }));
            }
            Future<Void> saving = threads.submit(() -> {
                while (!transfers.pause(SAVED_EVERY)) {
                    part.save();
                }
                return null;
            });
            awaitAll(results, running.size());
            transfers.stop();
            result(saving);
        } finally {
            part.save();
        }
    }

    private void awaitAll(ExecutorCompletionService<Void> results, int count) throws IOException {
        try {
            for (int i = 0; i < count; i++) {
                result(results.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            // the first that fails ends the others
            transfers.stop();
        }
    }

    private static void result(Future<Void> future) throws IOException {
        try {
            future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    private void fetch(int piece) throws IOException {
        int failures = 0;
        while (true) {
            long before = part.position(piece);
            try {
                attempt(piece);
                return;
            } catch (BrokenException e) {
                // what comes from the beginning each time may fail at the same place for ever
                boolean advanced = version.ranges() && part.position(piece) > before;
                failures = advanced ? 1 : failures + 1;
                if (failures >= options.tries() || transfers.isStopped()) {
                    throw givenUp(failures, e);
                }
                if (transfers.pause(options.pauseAfter(failures, e.asked))) {
                    throw givenUp(failures, e);
                }
            }
        }
    }

    private PullException givenUp(int failures, BrokenException e) {
        String come = version.ranges()
                ? ": what came is kept, run the same again to go on from there"
                : ": the server sends it from the beginning only; run the same again";
        return new PullException(uri + ": " + Web.reason(e.reason) + ", " + failures + " times" + come, e);
    }

    /** One request, and what comes of it. */
    private void attempt(int piece) throws IOException, BrokenException {
        if (!version.ranges()) {
            progress.received(-part.bytes());
            part.restart();
        }
        try (Answer answer = web.get(uri, rangeHeaders(piece))) {
            try {
                answer.requireFound();
            } catch (IOException e) {
                throw new BrokenException(e, retryAfter(answer));
            }
            requireFitting(answer, piece);
            copy(answer, piece);
        } catch (ChangedException | DiskException e) {
            throw e instanceof DiskException disk ? disk.failure() : e;
        } catch (IOException e) {
            throw new BrokenException(e, Duration.ZERO);
        }
    }

    private List<String> rangeHeaders(int piece) {
        if (!version.ranges()) {
            return List.of();
        }
        long from = part.position(piece);
        String range = "bytes=" + from + "-" + (from + part.missing(piece) - 1);
        return version.validator() == null
                ? List.of("Range", range)
                : List.of("Range", range, "If-Range", version.validator());
    }

    private void requireFitting(Answer answer, int piece) throws IOException {
        boolean other = version.sha256() != null && answer.linked().sha256().isPresent()
                ? !answer.linked().sha256().get().equals(version.sha256())
                : version.validator() != null && answer.validator().isPresent()
                        && !answer.validator().get().equals(version.validator());
        // a server that could give pieces gives all of it when it has another version than was asked for
        if (other || version.ranges() && !answer.isPartial()) {
            throw new ChangedException();
        }
        if (version.ranges()) {
            long from = part.position(piece);
            Answer.Range range = answer.range().orElseThrow(() -> new IOException(
                    "the server does not say which piece of the file it sends"));
            if (range.size() != version.size()) {
                throw new ChangedException();
            }
            if (range.from() != from) {
                throw new IOException("the server sends the piece from " + range.from() + " on, where that from " + from
                        + " on was asked for");
            }
        }
    }

    private void copy(Answer answer, int piece) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long missing = version.size() < 0 ? Long.MAX_VALUE : part.missing(piece);
        while (missing > 0) {
            int read = transfers.read(answer.body(), buffer, (int) Math.min(missing, buffer.length));
            if (read < 0) {
                if (version.size() >= 0) {
                    throw new IOException("the connection ended early");
                }
                return;
            }
            try {
                part.write(piece, buffer, read);
            } catch (IOException e) {
                throw new DiskException(e);
            }
            missing -= read;
            progress.received(read);
        }
    }

    private static Duration retryAfter(Answer answer) {
        return answer.header("Retry-After").filter(value -> value.matches("\\d{1,6}")).map(Long::parseLong)
                .map(Duration::ofSeconds).orElse(Duration.ZERO);
    }

    /** The network's fault, or the server's; another try may do. */
    private static final class BrokenException extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient IOException reason;
        private final transient Duration asked;

        /** @param asked how long the server wants to be left alone */
        BrokenException(IOException reason, Duration asked) {
            super(reason);
            this.reason = reason;
            this.asked = asked;
        }
    }

    /** The disk's fault; no other try would do. */
    private static final class DiskException extends IOException {
        private static final long serialVersionUID = 1L;

        DiskException(IOException failure) {
            super(failure);
        }

        IOException failure() {
            return (IOException) getCause();
        }
    }
}
