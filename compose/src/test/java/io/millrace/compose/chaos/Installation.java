package io.millrace.compose.chaos;

import io.millrace.ingest.IngestOptions;
import io.millrace.schemas.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

/**
 * A broker, workers and gateways, each in a process of its own. Who ends without being asked is started again, and remembered. Belongs to one thread, but
 * for {@link #gateways}.
 */
final class Installation implements AutoCloseable {
    /** How soon a dead worker's partitions are another's. */
    static final int SESSION_TIMEOUT_MILLIS = 6_000;

    private static final String PARTITIONS = "8";
    private static final String WORKER_UP = "The worker is up: ";
    private static final String GATEWAY_UP = "The gateway is up: ";
    private static final String ANY_PORT = "0";

    private final Path folder;
    private final Function<List<String>, List<String>> workerCommand;
    private final List<Child> workers = new ArrayList<>();
    private final List<Child> gateways = new ArrayList<>();
    private final List<String> gatewayUrls = new CopyOnWriteArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private Child broker;
    private String brokerAddress;
    private int started;

    /**
     * Nothing runs before {@link #start}.
     *
     * @param folder for the broker's data and all output
     * @param workerCommand what starts a worker with these arguments
     */
    Installation(Path folder, Function<List<String>, List<String>> workerCommand) {
        this.folder = folder;
        this.workerCommand = workerCommand;
    }

    void start(int workerCount, int gatewayCount) throws InterruptedException, ExecutionException {
        startBroker(ANY_PORT);
        shortenSessions();
        for (int i = 0; i < workerCount; i++) {
            workers.add(newWorker());
        }
        for (int i = 0; i < gatewayCount; i++) {
            gateways.add(newGateway(ANY_PORT));
        }
        for (var worker : workers) {
            worker.awaitLine(WORKER_UP);
        }
        for (var gateway : gateways) {
            gatewayUrls.add(url(gateway));
        }
    }

    Map<String, Object> clientSettings() {
        return Map.of("bootstrap.servers", brokerAddress);
    }

    static Topics topics() {
        return Topics.DEFAULT;
    }

    int workers() {
        return workers.size();
    }

    /** Where streams are served, {@code ws://host:port/v1/stream}, by gateways that may not be there at the moment. Safe for any thread. */
    List<String> gateways() {
        return gatewayUrls;
    }

    void killWorker(int index) {
        workers.get(index).kill();
    }

    void restartWorker(int index) throws InterruptedException {
        workers.set(index, newWorker());
        workers.get(index).awaitLine(WORKER_UP);
    }

    void pauseWorker(int index) throws InterruptedException {
        workers.get(index).pause();
    }

    void continueWorker(int index) throws InterruptedException {
        workers.get(index).goOn();
    }

    void killGateway(int index) {
        gateways.get(index).kill();
    }

    /** On the port it had. */
    void restartGateway(int index) throws InterruptedException {
        gateways.set(index, newGateway(portOf(gatewayUrls.get(index).replaceAll("/v1/stream$", ""))));
        url(gateways.get(index));
    }

    void killBroker() {
        broker.kill();
    }

    void stopBroker() throws InterruptedException {
        if (!broker.terminate()) {
            ended.add(broker.name());
        }
    }

    /** On the port it had. */
    void restartBroker() throws InterruptedException {
        startBroker(portOf(brokerAddress));
    }

    /** Starts again whoever ended by itself. */
    void restartEnded() throws InterruptedException {
        for (int i = 0; i < workers.size(); i++) {
            if (!workers.get(i).isAlive()) {
                ended.add(workers.get(i).name());
                restartWorker(i);
            }
        }
        for (int i = 0; i < gateways.size(); i++) {
            if (!gateways.get(i).isAlive()) {
                ended.add(gateways.get(i).name());
                restartGateway(i);
            }
        }
        if (!broker.isAlive()) {
            ended.add(broker.name());
            restartBroker();
        }
    }

    /** Asks workers and gateways to end, and waits for that. */
    void end() throws InterruptedException {
        for (var child : List.of(workers, gateways).stream().flatMap(List::stream).toList()) {
            if (!child.isAlive() || !child.terminate()) {
                ended.add(child.name());
            }
        }
    }

    /** Who ended by itself, or not with status 0 when asked to. */
    List<String> endedProcesses() {
        return List.copyOf(ended);
    }

    private void startBroker(String port) throws InterruptedException {
        broker = Child.start(name("broker"), folder, Commands.broker(List.of(folder.resolve("kafka").toString(), port)),
                Map.of());
        brokerAddress = broker.awaitLine(LoneBroker.UP).substring(LoneBroker.UP.length());
    }

    private void shortenSessions() throws InterruptedException, ExecutionException {
        var group = new ConfigResource(ConfigResource.Type.GROUP, IngestOptions.DEFAULT_GROUP);
        var timeout = new ConfigEntry("consumer.session.timeout.ms", String.valueOf(SESSION_TIMEOUT_MILLIS));
        try (var admin = Admin.create(clientSettings())) {
            admin.incrementalAlterConfigs(Map.of(group, List.of(new AlterConfigOp(timeout, AlterConfigOp.OpType.SET))))
                    .all().get();
        }
    }

    private Child newWorker() {
        return Child.start(name("worker"), folder, workerCommand.apply(List.of("worker", "--bootstrap-servers",
                brokerAddress, "--partitions", PARTITIONS, "--threads", "1", "--parallel", "8")), Commands
                        .workerEnvironment());
    }

    private Child newGateway(String port) {
        return Child.start(name("gateway"), folder, Commands.millrace(List.of("gateway", "--bootstrap-servers",
                brokerAddress, "--partitions", PARTITIONS, "--port", port)), Commands.gatewayEnvironment());
    }

    private static String url(Child gateway) throws InterruptedException {
        String line = gateway.awaitLine(GATEWAY_UP);
        return line.substring(GATEWAY_UP.length(), line.indexOf(','));
    }

    private static String portOf(String address) {
        return address.substring(address.lastIndexOf(':') + 1);
    }

    private String name(String role) {
        started++;
        return role + "-" + started;
    }

    @Override
    public void close() {
        workers.forEach(Child::close);
        gateways.forEach(Child::close);
        if (broker != null) {
            broker.close();
        }
    }
}
