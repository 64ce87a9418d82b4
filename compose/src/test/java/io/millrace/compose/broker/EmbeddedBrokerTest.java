package io.millrace.compose.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.compose.UserException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.server.common.MetadataVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EmbeddedBrokerTest {
    private static final String TOPIC = "letters";

    @TempDir
    Path data;

    @Test
    void recordsOutliveTheBroker() throws Exception {
        try (var first = started(data)) {
            createTopic(first);
            produce(first, "a", "b");
        }
        try (var second = started(data)) {
            produce(second, "c");
            assertThat(recordsOf(second, 3)).containsExactly("a", "b", "c");
        }
    }

    @Test
    void aRecordOfTenMillionBytesIsTaken() throws Exception {
        try (var broker = started(data)) {
            createTopic(broker);
            produce(broker, "x".repeat(10_000_000));
            assertThat(recordsOf(broker, 1)).first().asString().hasSize(10_000_000);
        }
    }

    @Test
    void closingTwiceIsClosingOnce() {
        var broker = started(data);
        broker.close();
        broker.close();
        try (var next = started(data)) {
            assertThat(next.bootstrapServers()).startsWith("127.0.0.1:");
        }
    }

    @Test
    void aPortInUseIsNamedWithTheFlagThatChangesIt() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var broker = new EmbeddedBroker(data, taken.getLocalPort())) {
            assertThatThrownBy(broker::start).isInstanceOf(UserException.class)
                    .hasMessageContainingAll("port " + taken.getLocalPort() + " is in use", "--kafka-port");
        }
    }

    @Test
    void aDirectoryInUseIsRefusedByName() {
        try (var holder = BrokerDirectory.open(data); var second = new EmbeddedBroker(data, 0)) {
            assertThatThrownBy(second::start).isInstanceOf(UserException.class)
                    .hasMessageContainingAll(holder.path().toString(), "in use by another", "--data");
        }
    }

    @Test
    void aFileInPlaceOfTheDirectoryIsRefusedByName() throws Exception {
        var file = Files.writeString(data.resolve("file"), "not a directory");
        try (var broker = new EmbeddedBroker(file, 0)) {
            assertThatThrownBy(broker::start).isInstanceOf(UserException.class)
                    .hasMessageContainingAll(file.toString(), "cannot be written", "--data");
        }
    }

    @Test
    void dataOfAnotherNodeOrFormatIsRefused() throws Exception {
        for (var meta : List.of("version=7\nnode.id=1\n", "version=1\nnode.id=3\n", "")) {
            Files.writeString(data.resolve("meta.properties"), meta);
            try (var broker = new EmbeddedBroker(data, 0)) {
                assertThatThrownBy(broker::start).isInstanceOf(UserException.class)
                        .hasMessageContainingAll(data.toString(), "incompatible", "--data");
            }
        }
    }

    @Test
    void dataOfANewerKafkaIsRefused() throws Exception {
        BrokerDirectory.open(data).close();
        var checkpoint = data.resolve("__cluster_metadata-0/00000000000000000000-0000000000.checkpoint");
        // the record that carries the level: the feature's name, then its level in two bytes
        var name = "metadata.version".getBytes(StandardCharsets.UTF_8);
        var bytes = Files.readAllBytes(checkpoint);
        var at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("metadata.version") + name.length;
        assertThat(bytes[at + 1]).isEqualTo((byte) MetadataVersion.latestProduction().featureLevel());
        bytes[at + 1] = 99;
        Files.write(checkpoint, bytes);
        try (var broker = new EmbeddedBroker(data, 0)) {
            assertThatThrownBy(broker::start).isInstanceOf(UserException.class)
                    .hasMessageContainingAll(data.toString(), "newer than", "--data");
        }
    }

    private static EmbeddedBroker started(Path data) {
        var broker = new EmbeddedBroker(data, 0);
        broker.start();
        return broker;
    }

    private static void createTopic(EmbeddedBroker broker) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        }
    }

    private static void produce(EmbeddedBroker broker, String... values) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers(), "max.request.size",
                BrokerSettings.MAX_MESSAGE_BYTES);
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (var value : values) {
                producer.send(new ProducerRecord<>(TOPIC, value)).get();
            }
        }
    }

    private static List<String> recordsOf(EmbeddedBroker broker, int count) {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            var partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            var values = new ArrayList<String>();
            while (values.size() < count) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }
}
