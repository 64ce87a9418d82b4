package io.millrace.compose.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.metadata.BrokerRegistrationChangeRecord;
import org.apache.kafka.common.metadata.RegisterBrokerRecord;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.BrokerRegistrationFencingChange;
import org.apache.kafka.metadata.MetadataRecordSerde;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker that ran on a directory before, and was not stopped but killed. Its controller still holds it for alive: the next one would have to wait until
 * its session is over, and meanwhile would end transactions of partitions that are about to lose their leader, which Kafka then forgets (KAFKA-20734).
 * So it is declared dead first, by a controller alone.
 */
final class FormerBroker {
    private static final Logger LOG = LoggerFactory.getLogger(FormerBroker.class);
    /** Kafka leaves it behind when it was stopped, and takes it away when it starts. */
    private static final String CLEAN_SHUTDOWN = ".kafka_cleanshutdown";
    private static final String METADATA = "__cluster_metadata-0";
    private static final String FIRST_LOG = "00000000000000000000.log";
    private static final int SESSION_MILLIS = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int LOOK_MILLIS = 50;

    private final Path directory;

    FormerBroker(Path directory) {
        this.directory = directory;
    }

    /** Returns once nobody holds it for alive, or with a warning if that takes too long; at once if it was stopped, or if there was none. */
    void fence(int controllerPort) throws IOException, InterruptedException {
        if (!wasKilled() || isFenced()) {
            return;
        }
        var server = new KafkaRaftServer(new KafkaConfig(BrokerSettings.ofController(directory, controllerPort,
                SESSION_MILLIS), false), Time.SYSTEM);
        server.startup();
        try {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!isFenced()) {
                if (System.nanoTime() >= deadline) {
                    LOG.warn(
                            "the broker that was killed on {} still counts as alive after {} s: transactions that it left open may end wrongly",
                            directory,
                            PATIENCE.toSeconds());
                    return;
                }
                Thread.sleep(LOOK_MILLIS);
            }
        } finally {
            server.shutdown();
            server.awaitShutdown();
        }
    }

    private boolean wasKilled() {
        return Files.isDirectory(directory.resolve(METADATA)) && !Files.exists(directory.resolve(CLEAN_SHUTDOWN));
    }

    /** What the metadata's log says of it last. A log of which the beginning is gone need not say anything; in a whole one, it was never there then. */
    private boolean isFenced() throws IOException {
        List<Path> logs = metadataLogs();
        boolean fenced = logs.isEmpty() || logs.getFirst().endsWith(FIRST_LOG);
        for (Path file : logs) {
            try (var records = FileRecords.open(file.toFile(), false)) {
                for (var batch : records.batches()) {
                    if (batch.isControlBatch()) {
                        continue;
                    }
                    for (var record : batch) {
                        fenced = after(new MetadataRecordSerde().read(new ByteBufferAccessor(record.value()), record
                                .valueSize()).message(), fenced);
                    }
                }
            }
        }
        return fenced;
    }

    private static boolean after(ApiMessage message, boolean fenced) {
        return switch (message) {
            case RegisterBrokerRecord registered -> registered.fenced();
            case BrokerRegistrationChangeRecord change -> BrokerRegistrationFencingChange.fromValue(change.fenced())
                    .flatMap(BrokerRegistrationFencingChange::asBoolean).orElse(fenced);
            default -> fenced;
        };
    }

    private List<Path> metadataLogs() throws IOException {
        try (var files = Files.list(directory.resolve(METADATA))) {
            return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
        }
    }
}
