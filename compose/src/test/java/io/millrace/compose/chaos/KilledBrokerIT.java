package io.millrace.compose.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the embedded broker still knows after {@code kill -9}. */
@Tag("long")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class KilledBrokerIT {
    private static final String TOPIC = "topic";

    @TempDir
    Path folder;

    private Child broker;
    private String address;

    @BeforeEach
    void start() throws Exception {
        start("first-broker", "0");
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private void start(String name, String port) throws InterruptedException {
        broker = Child.start(name, folder, Commands.broker(List.of(folder.resolve("kafka").toString(), port)), Map
                .of());
        address = broker.awaitLine(LoneBroker.UP).substring(LoneBroker.UP.length());
    }

    @Test
    void whatAnAbandonedTransactionHadWrittenNeverComesToLight() throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", address))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(1), Optional.empty()))).all().get();
        }
        try (var producer = producer()) {
            write(producer, "abandoned");
            // at once: it ends nothing
            producer.close(Duration.ZERO);
        }
        broker.kill();
        start("second-broker", address.substring(address.indexOf(':') + 1));
        // of the same producer id: the end of its transaction is the end of whatever it has open
        try (var producer = producer()) {
            write(producer, "committed");
            producer.commitTransaction();
        }
        assertThat(committed()).containsExactly("committed");
    }

    /** Whose transactions are soon abandoned. */
    private KafkaProducer<String, String> producer() {
        Map<String, Object> settings = Map.of("bootstrap.servers", address, "transactional.id", "producer",
                "transaction.timeout.ms", 1_000);
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    private static void write(KafkaProducer<String, String> producer, String value) throws Exception {
        producer.initTransactions();
        producer.beginTransaction();
        var _ = producer.send(new ProducerRecord<>(TOPIC, value)).get();
    }

    private List<String> committed() {
        var partition = new TopicPartition(TOPIC, 0);
        var values = new ArrayList<String>();
        Map<String, Object> settings = Map.of("bootstrap.servers", address, "isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (!values.contains("committed")) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }
}
