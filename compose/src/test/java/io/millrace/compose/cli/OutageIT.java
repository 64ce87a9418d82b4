package io.millrace.compose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.Millrace;
import io.millrace.compose.broker.EmbeddedBroker;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.role.TopicSetup;
import io.millrace.schemas.Completion;
import io.millrace.schemas.CompletionCodec;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Timings;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TokenEventCodec;
import io.millrace.schemas.Topics;
import io.millrace.schemas.Usage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands that wait while the broker goes away. */
@Tag("long")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class OutageIT {
    private static final int PROMPTS = 20;

    /** A command that runs in this process. */
    private record Command(CompletableFuture<Integer> status, ByteArrayOutputStream outBytes,
            ByteArrayOutputStream errBytes) {
        String out() {
            return outBytes.toString(StandardCharsets.UTF_8);
        }

        String err() {
            return errBytes.toString(StandardCharsets.UTF_8);
        }

        long notices() {
            return err().lines().filter(line -> line.contains("Kafka does not answer at ")).count();
        }
    }

    @TempDir
    Path folder;

    private EmbeddedBroker broker;
    private String servers;
    private String prompts;

    @BeforeEach
    void start() throws Exception {
        broker = new EmbeddedBroker(folder.resolve("kafka"), 0);
        broker.start();
        servers = broker.bootstrapServers();
        TopicSetup.ensure(BrokerAddress.parse(servers), Topics.DEFAULT, 1);
        prompts = Files.writeString(folder.resolve("prompts.txt"), "Once upon a time\n".repeat(PROMPTS)).toString();
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void sendSaysSoGivesUpInTheEndAndCountsWhatIsWithoutCompletion() throws Exception {
        var send = run("send", "--id", "p", "--file", prompts, "--give-up-after", "6");
        awaitPrompts(PROMPTS);
        broker.close();
        assertThat(send.status.get(60, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(send.notices()).isEqualTo(1);
        assertThat(send.err())
                .contains("did not answer at " + servers + " for 6 s: 20 of 20 prompts are without completion");
    }

    @Test
    void onePromptAndTailGiveUpAsWell() throws Exception {
        var one = run("send", "--id", "p", "--give-up-after", "6", "Once upon a time");
        awaitPrompts(1);
        var all = run("tail", "--give-up-after", "6");
        var stream = run("tail", "--give-up-after", "6", "p");
        var commands = List.of(one, all, stream);
        for (int seq = 0; commands.stream().anyMatch(command -> command.out().isEmpty()); seq++) {
            write(Topics.DEFAULT.tokens(), "p", new TokenEventCodec().encode(new TokenEvent.Token("p", 1, seq, "word",
                    1)));
        }
        broker.close();
        for (var command : commands) {
            assertThat(command.status.get(60, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(command.notices()).isEqualTo(1);
        }
        assertThat(one.err()).contains("prompt p is without completion");
        assertThat(all.err()).contains("run this again");
    }

    @Test
    void sendGoesOnWhenTheBrokerIsBack() throws Exception {
        var send = run("send", "--id", "p", "--file", prompts);
        awaitPrompts(PROMPTS);
        broker.close();
        while (send.notices() == 0) {
            Thread.sleep(50);
        }
        broker = new EmbeddedBroker(folder.resolve("kafka"), Integer.parseInt(servers.substring(servers.indexOf(":")
                + 1)));
        broker.start();
        for (int line = 1; line <= PROMPTS; line++) {
            var completion = new Completion("p-" + line, 1, "test", "done", FinishReason.STOP, null, Usage.NONE,
                    Timings.NONE, null);
            write(Topics.DEFAULT.completions(), completion.id(), new CompletionCodec().encode(completion));
        }
        assertThat(send.status.get(60, TimeUnit.SECONDS)).isZero();
        assertThat(send.notices()).isEqualTo(1);
        assertThat(send.out().lines()).hasSize(PROMPTS);
    }

    @Test
    void sendEndsAtOnceWhenAskedToWhateverTheBrokerDoes() throws Exception {
        var send = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Millrace.class.getName(), "send", "--file", prompts,
                "--bootstrap-servers", servers).redirectErrorStream(true).start();
        try (var lines = send.inputReader(StandardCharsets.UTF_8)) {
            awaitPrompts(PROMPTS);
            broker.close();
            String line = lines.readLine();
            while (!line.contains("does not answer")) {
                line = lines.readLine();
            }
            long askedNanos = System.nanoTime();
            send.destroy();
            assertThat(send.waitFor()).isEqualTo(143);
            // two, and one for a busy machine
            assertThat(Duration.ofNanos(System.nanoTime() - askedNanos)).isLessThan(Duration.ofSeconds(3));
        } finally {
            send.destroyForcibly();
        }
    }

    private Command run(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var cli = new CommandLineInterface(Map.of("MILLRACE_BOOTSTRAP_SERVERS", servers),
                new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Command(CompletableFuture.supplyAsync(() -> cli.run(arguments),
                task -> Thread.ofPlatform().daemon().start(task)), out, err);
    }

    private void awaitPrompts(int count) {
        var partition = new TopicPartition(Topics.DEFAULT.prompts(), 0);
        Map<String, Object> settings = Map.of("bootstrap.servers", servers);
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            while (consumer.endOffsets(List.of(partition)).get(partition) < count) {
                consumer.poll(Duration.ofMillis(50));
            }
        }
    }

    private void write(String topic, String key, byte[] value) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", servers);
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            var _ = producer.send(new ProducerRecord<>(topic, key, value)).get();
        }
    }
}
