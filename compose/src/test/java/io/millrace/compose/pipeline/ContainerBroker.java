package io.millrace.compose.pipeline;

import io.millrace.compose.broker.FreePort;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.testcontainers.kafka.KafkaContainer;

/** Apache Kafka's own image, of the clients' version, with what one broker and impatient tests need. */
final class ContainerBroker implements TestBroker {
    private static final String IMAGE = "apache/kafka:" + System.getProperty("kafka.version");
    private static final int CLIENT_PORT = 9092;

    private final KafkaContainer container;

    private ContainerBroker(KafkaContainer container) {
        this.container = container;
    }

    static ContainerBroker start() {
        var container = new KafkaContainer(IMAGE);
        // else the port would be another one after stopping
        container.setPortBindings(List.of(FreePort.find() + ":" + CLIENT_PORT));
        container.withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR", "1")
                .withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR", "1")
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS", "1000")
                .withEnv("KAFKA_GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS", "1000")
                .withEnv("KAFKA_GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS", "3000")
                .withEnv("KAFKA_GROUP_CONSUMER_SESSION_TIMEOUT_MS", "10000");
        container.start();
        return new ContainerBroker(container);
    }

    @Override
    public String bootstrapServers() {
        return container.getBootstrapServers();
    }

    @Override
    public void stop() {
        container.getDockerClient().stopContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void startAgain() {
        container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            var _ = admin.describeCluster().nodes().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker does not answer after it was started again", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the broker starts", e);
        }
    }

    @Override
    public void close() {
        container.stop();
    }
}
