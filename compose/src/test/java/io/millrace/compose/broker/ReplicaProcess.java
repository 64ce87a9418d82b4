package io.millrace.compose.broker;

import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;

/**
 * One of several brokers, with a replica of everything, of which two must have a record before it counts: {@code ReplicaProcess NODE FOLDER PORT CONTROLLER_PORT}. Ends as a
 * broker does when it is asked to.
 */
final class ReplicaProcess {
    static final String SERVES = "The broker serves";

    private ReplicaProcess() {}

    public static void main(String[] arguments) {
        var server = new KafkaRaftServer(new KafkaConfig(settings(arguments[0], Path.of(arguments[1]), Integer.parseInt(
                arguments[2]), Integer.parseInt(arguments[3])), false), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
        server.startup();
        System.out.println(SERVES);
        server.awaitShutdown();
    }

    private static Properties settings(String node, Path folder, int port, int controllerPort) {
        Properties settings = BrokerSettings.of(folder, port, controllerPort);
        settings.setProperty("process.roles", "broker");
        settings.setProperty("node.id", node);
        settings.setProperty("listeners", "PLAINTEXT://" + BrokerSettings.HOST + ":" + port);
        settings.setProperty("min.insync.replicas", "2");
        for (var internal : new String[]{"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            settings.setProperty(internal + ".replication.factor", "3");
        }
        settings.setProperty("transaction.state.log.min.isr", "2");
        settings.setProperty("share.coordinator.state.topic.min.isr", "2");
        return settings;
    }
}
