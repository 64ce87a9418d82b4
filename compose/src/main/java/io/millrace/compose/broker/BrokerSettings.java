package io.millrace.compose.broker;

import java.nio.file.Path;
import java.util.Properties;

/** What the embedded broker is told, and why. Everything not named here has Kafka's default. */
final class BrokerSettings {
    static final int NODE_ID = 1;
    static final String CONTROLLER_LISTENER = "CONTROLLER";
    static final String HOST = "127.0.0.1";
    /** A prompt of 10 MB with its JSON escapes must reach the topic, if only to be refused with a reason. */
    static final int MAX_MESSAGE_BYTES = 16 << 20;

    private static final String CLIENT_LISTENER = "PLAINTEXT";

    private final Properties properties = new Properties();

    private BrokerSettings() {}

    static Properties of(Path logDirectory, int clientPort, int controllerPort) {
        var settings = new BrokerSettings();
        settings.identity(logDirectory);
        settings.listeners(clientPort, controllerPort);
        settings.topics();
        settings.transactions();
        settings.groups();
        settings.footprint();
        return settings.properties;
    }

    /** Of a controller that runs without a broker, and soon holds the one that it knows for dead. */
    static Properties ofController(Path logDirectory, int controllerPort, int brokerSessionMillis) {
        var settings = new BrokerSettings();
        settings.identity(logDirectory);
        settings.set("process.roles", "controller");
        settings.set("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
        settings.set("controller.listener.names", CONTROLLER_LISTENER);
        settings.set("listener.security.protocol.map", CONTROLLER_LISTENER + ":PLAINTEXT");
        settings.set("listeners", CONTROLLER_LISTENER + "://" + HOST + ":" + controllerPort);
        settings.set("broker.session.timeout.ms", brokerSessionMillis);
        settings.set("broker.heartbeat.interval.ms", brokerSessionMillis / 2);
        return settings.properties;
    }

    private void identity(Path logDirectory) {
        set("process.roles", "broker,controller");
        set("node.id", NODE_ID);
        set("log.dirs", logDirectory);
    }

    private void listeners(int clientPort, int controllerPort) {
        // static voters, so that the controller's port may differ at every start
        set("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
        set("controller.listener.names", CONTROLLER_LISTENER);
        set("inter.broker.listener.name", CLIENT_LISTENER);
        set("listener.security.protocol.map", CLIENT_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
        // loopback only: nothing here asks who is calling
        set("listeners", CLIENT_LISTENER + "://" + HOST + ":" + clientPort + "," + CONTROLLER_LISTENER + "://" + HOST
                + ":" + controllerPort);
        set("advertised.listeners", CLIENT_LISTENER + "://" + HOST + ":" + clientPort);
    }

    private void topics() {
        // a mistyped topic is an error, not a new topic
        set("auto.create.topics.enable", false);
        set("message.max.bytes", MAX_MESSAGE_BYTES);
        for (var internal : new String[]{"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            // there is one broker
            set(internal + ".replication.factor", 1);
            // partitions spread load over brokers; here each would only cost a file and start-up time
            set(internal + ".num.partitions", 1);
        }
    }

    private void transactions() {
        set("transaction.state.log.min.isr", 1);
        set("share.coordinator.state.topic.min.isr", 1);
        // a transaction that follows another at once waits this long for it, by default 20 ms
        set("add.partitions.to.txn.retry.backoff.ms", 1);
        // a dead worker's open transaction holds up read_committed readers: look for one every second, not every ten
        set("transaction.abort.timed.out.transaction.cleanup.interval.ms", 1_000);
    }

    private void groups() {
        set("group.initial.rebalance.delay.ms", 0);
        // partitions change hands within one or two heartbeats: 1.3 s instead of 5.2 s
        set("group.consumer.min.heartbeat.interval.ms", 1_000);
        set("group.consumer.heartbeat.interval.ms", 1_000);
        // a worker killed with -9 is replaced after this time, by default 45 s
        set("group.consumer.min.session.timeout.ms", 3_000);
        set("group.consumer.session.timeout.ms", 10_000);
        // the same for workers that share prompts one by one: each prompt that one has in hand is a member
        set("group.share.min.heartbeat.interval.ms", 1_000);
        set("group.share.heartbeat.interval.ms", 1_000);
        set("group.share.min.session.timeout.ms", 6_000);
        set("group.share.session.timeout.ms", 10_000);
        set("group.share.max.size", 1_000);
        // a prompt whose worker was killed is delivered again after this time, by default 30 s
        set("group.share.min.record.lock.duration.ms", 1_000);
        set("group.share.record.lock.duration.ms", 10_000);
    }

    private void footprint() {
        // one laptop, a handful of clients
        set("num.network.threads", 2);
        set("num.io.threads", 2);
        set("background.threads", 2);
        // the cleaner's smallest useful buffer, by default 128 MiB of heap
        set("log.cleaner.dedupe.buffer.size", 2 << 20);
        set("offsets.topic.segment.bytes", 16 << 20);
        set("transaction.state.log.segment.bytes", 16 << 20);
    }

    private void set(String key, Object value) {
        properties.setProperty(key, value.toString());
    }
}
