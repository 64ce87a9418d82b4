package io.millrace.compose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.broker.EmbeddedBroker;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.role.TopicSetup;
import io.millrace.schemas.Completion;
import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.ErrorDetail;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.PromptCodec;
import io.millrace.schemas.Timings;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TopicSerdes;
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
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands on a real broker, with the test in the worker's part. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class StreamCommandsTest {
    private record Result(int status, String out, String err) {}

    @TempDir
    static Path data;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void startBroker() {
        broker = new EmbeddedBroker(data.resolve("kafka"), 0);
        broker.start();
        TopicSetup.ensure(BrokerAddress.parse(broker.bootstrapServers()), Topics.DEFAULT, 3);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void theDoctorAsksTheBroker() {
        var result = CommandRun.of("doctor", "--bootstrap-servers", broker.bootstrapServers(), "--port", "0");
        assertThat(result.succeeds().out()).contains("1 broker answers at " + broker.bootstrapServers(),
                "have 3 partitions each");
    }

    @Test
    void sendPrintsTheTextAsItComes() {
        var result = start("send", "--id", "plain", "-n", "5", "--temp", "0", "Guten", "Tag");
        var prompt = promptOf("plain");
        assertThat(prompt.messages()).singleElement().satisfies(message -> {
            assertThat(message.role()).isEqualTo("user");
            assertThat(message.content()).isEqualTo("Guten Tag");
        });
        assertThat(prompt.maxTokens()).isEqualTo(5);
        events(started("plain", 1), token("plain", 1, 0, "Grüß "), token("plain", 1, 1, "Gott 🌊"),
                completed("plain", 1, 2));
        assertThat(result.join()).isEqualTo(new Result(0, "Grüß Gott 🌊\n", ""));
    }

    @Test
    void aRawTextIsAPromptToContinue() {
        var result = start("send", "--id", "raw", "--raw", "Once upon");
        assertThat(promptOf("raw").prompt()).isEqualTo("Once upon");
        events(completed("raw", 1, 0));
        assertThat(result.join().out).isEmpty();
    }

    @Test
    void aStreamThatIsTakenOverIsPrintedOnce() {
        var result = start("send", "--id", "taken-over", "x");
        promptOf("taken-over");
        events(started("other", 1), token("other", 1, 0, "not mine"), started("taken-over", 1),
                token("taken-over", 1, 0, "a"), started("taken-over", 2), token("taken-over", 1, 1, "zombie"),
                token("taken-over", 2, 1, "b"), completed("taken-over", 1, 2), completed("taken-over", 2, 2));
        assertThat(result.join().out).isEqualTo("ab\n");
    }

    @Test
    void aFailedPromptIsStatusOneAndOneLine() {
        var result = start("send", "--id", "fails", "x");
        promptOf("fails");
        events(new TokenEvent.Failed("fails", 1, new ErrorDetail(ErrorCode.UNKNOWN_MODEL, "no such model")));
        assertThat(result.join())
                .isEqualTo(new Result(1, "", "millrace: prompt fails failed: no such model (unknown_model)\n"));
    }

    @Test
    void tailShowsAStreamFromItsBeginning() {
        events(started("past", 1), token("past", 1, 0, "long "), token("past", 1, 1, "ago"), completed("past", 1, 2));
        assertThat(start("tail", "past").join().out).isEqualTo("long ago\n");
        assertThat(start("tail", "--json", "past").join().out.lines()).hasSize(4).first().asString()
                .startsWith("{\"type\":\"started\",\"id\":\"past\"");
    }

    @Test
    void aFileOfPromptsIsAnsweredInItsOrder() throws Exception {
        var file = Files.writeString(data.resolve("prompts.txt"), "first\n\nthird\n");
        var result = start("send", "--id", "file", "--file", file.toString());
        promptOf("file-1");
        promptOf("file-3");
        completion("file-3", "three", null);
        completion("file-1", "one", null);
        assertThat(result.join().out).isEqualTo("one\nthree\n");
        assertThat(result.join().status).isZero();
    }

    @Test
    void failuresInAFileAreCounted() throws Exception {
        var file = Files.writeString(data.resolve("prompts-2.txt"), "first\nsecond\n");
        var result = start("send", "--json", "--id", "bad", "--file", file.toString());
        promptOf("bad-2");
        completion("bad-2", "", new ErrorDetail(ErrorCode.INTERNAL, "broken"));
        completion("bad-1", "good", null);
        assertThat(result.join().out.lines()).hasSize(2).allMatch(line -> line.startsWith("{\"id\":\"bad-"));
        assertThat(result.join().err).contains("line 2: broken", "1 of 2 prompts failed");
        assertThat(result.join().status).isEqualTo(1);
    }

    @Test
    void topicsOfAnotherPrefixAreMissedByName() {
        var result = start("send", "--topic-prefix", "elsewhere", "x").join();
        assertThat(result.status).isEqualTo(2);
        assertThat(result.err.lines()).singleElement().asString().contains("no topic elsewhere.tokens");
    }

    private static CompletableFuture<Result> start(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var cli = new CommandLineInterface(Map.of("MILLRACE_BOOTSTRAP_SERVERS", broker.bootstrapServers()),
                new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
        return CompletableFuture.supplyAsync(() -> new Result(cli.run(arguments),
                out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8)));
    }

    /** Waits for the prompt on the topic. */
    private static Prompt promptOf(String id) {
        var partitions = List.of(0, 1, 2).stream().map(p -> new TopicPartition(Topics.DEFAULT.prompts(), p)).toList();
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (true) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    if (id.equals(record.key())) {
                        return new PromptCodec().decode(record.value());
                    }
                }
            }
        }
    }

    private static TokenEvent started(String id, int attempt) {
        return new TokenEvent.Started(id, attempt, "test", 1, 0);
    }

    private static TokenEvent token(String id, int attempt, int seq, String text) {
        return new TokenEvent.Token(id, attempt, seq, text, 1);
    }

    private static TokenEvent completed(String id, int attempt, int seq) {
        return new TokenEvent.Completed(id, attempt, seq, FinishReason.STOP, Usage.NONE, Timings.NONE);
    }

    private static void events(TokenEvent... events) {
        for (var event : events) {
            write(Topics.DEFAULT.tokens(), event.id(), event, TopicSerdes.tokenEvents().serializer());
        }
    }

    private static void completion(String id, String text, ErrorDetail error) {
        var reason = error == null ? FinishReason.STOP : FinishReason.ERROR;
        write(Topics.DEFAULT.completions(), id,
                new Completion(id, 1, "test", text, reason, error, Usage.NONE, Timings.NONE, null),
                TopicSerdes.completions().serializer());
    }

    private static <T> void write(String topic, String key, T value, Serializer<T> serializer) {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), serializer)) {
            producer.send(new ProducerRecord<>(topic, key, value)).get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
