package io.millrace.compose.broker;

import io.millrace.compose.UserException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;

/**
 * A Kafka broker and controller (KRaft) in this process, on loopback, with its data on disk. Data outlives the process:
 * the next broker on the same directory goes on where this one ended.
 *
 * <p>Started once and closed once; a closed broker is not started again. Any thread may call; {@link #close} may be
 * called more than once and from a shutdown hook.
 */
public final class EmbeddedBroker implements AutoCloseable {
    /** Kafka's own. */
    public static final int DEFAULT_PORT = 9092;

    /** Kafka must know its ports before it starts. */
    private record Ports(int clients, int controller) {
        /** The one wanted for clients, or any if that is 0; each is held until both are known, else they could be the same. */
        static Ports free(int wanted) throws IOException {
            try (var clients = bound(wanted); var controller = bound(0)) {
                return new Ports(clients.getLocalPort(), controller.getLocalPort());
            }
        }
    }

    private final Path dataDirectory;
    private final int wantedPort;

    private BrokerDirectory directory;
    private KafkaRaftServer server;
    private int port;

    /**
     * @param dataDirectory where topics are kept; made if absent
     * @param port to listen on, or 0 for a free one
     */
    public EmbeddedBroker(Path dataDirectory, int port) {
        if (port < 0 || port > 65_535) {
            throw new UserException("--kafka-port must be from 0 to 65535, not " + port);
        }
        this.dataDirectory = dataDirectory;
        this.wantedPort = port;
    }

    /**
     * Starts the broker and returns once it serves clients: a second or two, more on the first start of a cold machine.
     *
     * @throws UserException if the port is in use or the data directory cannot be used
     * @throws IllegalStateException if it was started before
     */
    public synchronized void start() {
        if (port != 0) {
            throw new IllegalStateException("the broker on " + dataDirectory + " was started before");
        }
        directory = BrokerDirectory.open(dataDirectory);
        try {
            Ports ports = Ports.free(wantedPort);
            port = ports.clients();
            new FormerBroker(directory.path()).fence(Ports.free(0).controller());
            var settings = BrokerSettings.of(directory.path(), port, ports.controller());
            server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
            server.startup();
        } catch (Exception e) {
            try {
                close();
            } catch (RuntimeException whileClosing) {
                e.addSuppressed(whileClosing);
            }
            throw explained(e);
        }
    }

    /** Where clients connect, {@code host:port}. */
    public synchronized String bootstrapServers() {
        if (port == 0) {
            throw new IllegalStateException("the broker on " + dataDirectory + " is not started");
        }
        return BrokerSettings.HOST + ":" + port;
    }

    /** Stops the broker, waits until its files are closed, and lets go of the data directory. */
    @Override
    public synchronized void close() {
        try {
            if (server != null) {
                server.shutdown();
                server.awaitShutdown();
            }
        } finally {
            server = null;
            if (directory != null) {
                directory.close();
                directory = null;
            }
        }
    }

    private RuntimeException explained(Exception e) {
        if (e instanceof UserException known) {
            return known;
        }
        var root = rootOf(e);
        if (root instanceof BindException) {
            return portInUse(port, e);
        }
        return new UserException("the embedded broker did not start on " + dataDirectory + ": "
                + String.valueOf(root.getMessage()).lines().findFirst().orElse(root.toString()), e);
    }

    private static Throwable rootOf(Throwable e) {
        return e.getCause() == null ? e : rootOf(e.getCause());
    }

    private static UserException portInUse(int port, Exception cause) {
        return new UserException("port " + port
                + " is in use: stop what listens there, or choose another with --kafka-port (0 picks a free one)",
                cause);
    }

    private static ServerSocket bound(int wanted) throws IOException {
        var probe = new ServerSocket();
        try {
            // connections of the last run may linger on the port
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
            return probe;
        } catch (BindException e) {
            probe.close();
            throw portInUse(wanted, e);
        }
    }
}
