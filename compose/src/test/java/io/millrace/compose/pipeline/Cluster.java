package io.millrace.compose.pipeline;

import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.role.TopicSetup;
import io.millrace.schemas.Topics;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One broker of a kind for all tests of this JVM, as its start takes seconds; each test has topics of its own. */
public final class Cluster implements BeforeAllCallback {
    static final int PARTITIONS = 4;

    private final Kafka kind;
    private ExtensionContext.Store brokers;

    /** The embedded broker. */
    public Cluster() {
        this(Kafka.EMBEDDED);
    }

    private Cluster(Kafka kind) {
        this.kind = kind;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        brokers = context.getRoot().getStore(ExtensionContext.Namespace.create(Cluster.class));
    }

    /** The same, with a broker of this kind, if there can be one. */
    Cluster on(Kafka otherKind) {
        var other = new Cluster(otherKind);
        other.brokers = brokers;
        return other;
    }

    private String servers() {
        return brokers.computeIfAbsent(kind, Kafka::start, TestBroker.class).bootstrapServers();
    }

    public BrokerAddress address() {
        return BrokerAddress.parse(servers());
    }

    public Map<String, Object> clientSettings() {
        return Map.of("bootstrap.servers", servers());
    }

    /** Topics nobody else uses. */
    public Topics newTopics() {
        return newTopics(PARTITIONS);
    }

    public Topics newTopics(int partitions) {
        var topics = new Topics("t-" + UUID.randomUUID());
        TopicSetup.ensure(address(), topics, partitions);
        return topics;
    }
}
