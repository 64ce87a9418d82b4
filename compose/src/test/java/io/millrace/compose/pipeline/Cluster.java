package io.millrace.compose.pipeline;

import io.millrace.compose.broker.EmbeddedBroker;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.role.TopicSetup;
import io.millrace.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One broker for all tests of this JVM, as its start takes seconds; each test has topics of its own. */
final class Cluster implements BeforeAllCallback, AutoCloseable {
    static final int PARTITIONS = 4;

    private Path directory;
    private EmbeddedBroker broker;
    private Cluster shared;

    @Override
    public void beforeAll(ExtensionContext context) {
        shared = context.getRoot().getStore(ExtensionContext.Namespace.create(Cluster.class)).computeIfAbsent(
                Cluster.class, _ -> started(), Cluster.class);
    }

    private static Cluster started() {
        try {
            var cluster = new Cluster();
            cluster.directory = Files.createTempDirectory("millrace-it");
            cluster.broker = new EmbeddedBroker(cluster.directory, 0);
            cluster.broker.start();
            return cluster;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    BrokerAddress address() {
        return BrokerAddress.parse(shared.broker.bootstrapServers());
    }

    Map<String, Object> clientSettings() {
        return Map.of("bootstrap.servers", shared.broker.bootstrapServers());
    }

    /** Topics nobody else uses. */
    Topics newTopics() {
        return newTopics(PARTITIONS);
    }

    Topics newTopics(int partitions) {
        var topics = new Topics("t-" + UUID.randomUUID());
        TopicSetup.ensure(address(), topics, partitions);
        return topics;
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
