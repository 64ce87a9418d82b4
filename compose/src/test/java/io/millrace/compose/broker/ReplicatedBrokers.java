package io.millrace.compose.broker;

import io.millrace.compose.program.Program;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** Three brokers, in processes of their own, with a replica of everything each; and a controller in this one. */
public final class ReplicatedBrokers implements AutoCloseable {
    private static final int FIRST_BROKER = 2;
    private static final int LAST_BROKER = 4;
    private static final int SESSION_MILLIS = 3_000;

    private final Path folder;
    private final String clusterId = Uuid.randomUuid().toString();
    private final int controllerPort;
    private final KafkaRaftServer controller;
    private final Map<Integer, Integer> ports = new TreeMap<>();
    private final Map<Integer, Program> brokers = new TreeMap<>();

    /** Starts them, with their data in {@code folder}; returns when all of them serve. */
    public ReplicatedBrokers(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        controllerPort = FreePort.find();
        format(BrokerSettings.NODE_ID);
        Properties settings = BrokerSettings.ofController(folderOf(BrokerSettings.NODE_ID), controllerPort,
                SESSION_MILLIS);
        // of topics that are made: the controller decides
        settings.setProperty("default.replication.factor", "3");
        settings.setProperty("min.insync.replicas", "2");
        controller = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        controller.startup();
        for (int id = FIRST_BROKER; id <= LAST_BROKER; id++) {
            ports.put(id, FreePort.find());
            format(id);
            launch(id);
        }
        for (Program broker : brokers.values()) {
            broker.awaitLine(ReplicaProcess.SERVES::equals);
        }
    }

    private Path folderOf(int node) {
        return folder.resolve("node-" + node);
    }

    private void format(int node) {
        try {
            new Formatter().setPrintStream(new PrintStream(PrintStream.nullOutputStream())).setNodeId(node)
                    .setClusterId(clusterId).addDirectory(folderOf(node).toString())
                    .setMetadataLogDirectory(folderOf(node).toString())
                    .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
                    .setReleaseVersion(MetadataVersion.latestProduction()).run();
        } catch (Exception e) {
            throw new IllegalStateException("node " + node + " cannot be formatted", e);
        }
    }

    private void launch(int broker) {
        brokers.put(broker, Program.ofClass(ReplicaProcess.class, String.valueOf(broker), folderOf(broker).toString(),
                String.valueOf(ports.get(broker)), String.valueOf(controllerPort)));
    }

    /** Starts a broker anew; returns when it serves. */
    public void start(int broker) throws InterruptedException {
        launch(broker);
        brokers.get(broker).awaitLine(ReplicaProcess.SERVES::equals);
    }

    /** Stops a broker as one that is asked to, and returns when it has ended; its partitions get other leaders. */
    public void stop(int broker) throws InterruptedException, IOException {
        try (Program program = brokers.remove(broker)) {
            program.terminate();
            program.status();
        }
    }

    /** Ends a broker as kill -9 does. */
    public void kill(int broker) throws IOException {
        brokers.remove(broker).close();
    }

    public Collection<Integer> ids() {
        return ports.keySet();
    }

    public String bootstrapServers() {
        return ports.values().stream().map(port -> BrokerSettings.HOST + ":" + port).collect(Collectors.joining(","));
    }

    @Override
    public void close() throws IOException {
        for (Program broker : brokers.values()) {
            broker.close();
        }
        controller.shutdown();
        controller.awaitShutdown();
    }
}
