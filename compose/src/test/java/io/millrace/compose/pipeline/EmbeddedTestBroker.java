package io.millrace.compose.pipeline;

import io.millrace.compose.broker.EmbeddedBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** The broker of {@code millrace up}, in this process. */
final class EmbeddedTestBroker implements TestBroker {
    private final Path directory;
    private final String bootstrapServers;
    private EmbeddedBroker broker;

    private EmbeddedTestBroker(Path directory) {
        this.directory = directory;
        start(0);
        bootstrapServers = broker.bootstrapServers();
    }

    static EmbeddedTestBroker start() {
        try {
            return new EmbeddedTestBroker(Files.createTempDirectory("millrace-it"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void start(int port) {
        broker = new EmbeddedBroker(directory, port);
        broker.start();
    }

    @Override
    public String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public void stop() {
        broker.close();
    }

    @Override
    public void startAgain() {
        start(Integer.parseInt(bootstrapServers.substring(bootstrapServers.indexOf(':') + 1)));
    }

    @Override
    public void close() throws IOException {
        broker.close();
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
