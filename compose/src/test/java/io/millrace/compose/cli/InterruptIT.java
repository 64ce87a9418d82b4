package io.millrace.compose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.Millrace;
import io.millrace.compose.broker.EmbeddedBroker;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.role.TopicSetup;
import io.millrace.inference.gguf.GgufWriter;
import io.millrace.inference.gguf.TensorType;
import io.millrace.schemas.Topics;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("long")
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class InterruptIT {
    @TempDir
    Path data;

    @Test
    void endingSendCancelsThePromptAndIsStatus143() throws Exception {
        try (var broker = new EmbeddedBroker(data, 0)) {
            broker.start();
            TopicSetup.ensure(BrokerAddress.parse(broker.bootstrapServers()), Topics.DEFAULT, 1);
            Process send = start("send", "--id", "boat", "--bootstrap-servers", broker.bootstrapServers(),
                    "Tell me a story about a boat");
            try {
                // it says so once it has registered what to do on an interrupt
                assertThat(send.inputReader(StandardCharsets.UTF_8).lines()
                        .filter(line -> line.contains("still waiting for a worker")).findFirst()).isPresent();
                // as Ctrl-C, which is ignored where tests run in the background
                send.destroy();
                assertThat(send.waitFor()).isEqualTo(143);
                assertThat(firstOf(broker, Topics.DEFAULT.control()))
                        .isEqualTo("{\"type\":\"cancel\",\"id\":\"boat\"}");
            } finally {
                send.destroyForcibly();
            }
        }
    }

    static Stream<List<String>> toolsThatWrite() {
        return Stream.of(List.of("quantize", "model.gguf", "out/model.gguf", "Q8_0"),
                List.of("merge", "model.gguf", "out/model.gguf"),
                List.of("split", "model.gguf", "out/model", "--split-max-tensors", "1"));
    }

    @ParameterizedTest
    @MethodSource("toolsThatWrite")
    void endingAToolThatWritesLeavesNoFileAndIsStatus143(List<String> command) throws Exception {
        writeLargeModel(data.resolve("model.gguf"));
        Path out = Files.createDirectory(data.resolve("out"));
        Process tool = start(command.stream().map(
                argument -> argument.contains("model") ? data.resolve(argument).toString() : argument)
                .toArray(String[]::new));
        try {
            while (!isWriting(out) && tool.isAlive()) {
                Thread.sleep(1);
            }
            tool.destroy();
            assertThat(tool.waitFor()).isEqualTo(143);
            assertThat(out).isEmptyDirectory();
        } finally {
            tool.destroyForcibly();
        }
    }

    /** A small tensor, and one of 2 GiB that takes no room on the disk: zeroes where nothing was written. */
    private static void writeLargeModel(Path path) {
        long bytes = 1L << 31;
        GgufWriter.empty().string("general.architecture", "llama")
                .tensor("output_norm.weight", TensorType.F32, List.of(8L), channel -> channel.write(
                        ByteBuffer.allocate(8 * Float.BYTES)))
                .tensor("output.weight", TensorType.F16, List.of(1L << 10, 1L << 20), channel -> {
                    channel.position(channel.position() + bytes - 1);
                    channel.write(ByteBuffer.allocate(1));
                }).write(path);
    }

    private static boolean isWriting(Path folder) {
        File[] unfinished = folder.toFile().listFiles((_, name) -> name.endsWith(".part"));
        return Stream.of(unfinished).anyMatch(file -> file.length() > 1 << 20);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endingABenchLeavesNoFileBehind(boolean keep) throws Exception {
        var flags = keep ? List.of("--keep", data.resolve("kept.gguf").toString()) : List.<String>of();
        Process bench = start(List.of("-Djava.io.tmpdir=" + data),
                Stream.concat(Stream.of("bench", "--synthetic", "1b"), flags.stream()).toArray(String[]::new));
        try {
            while (unfinishedFiles() == 0 && bench.isAlive()) {
                Thread.sleep(1);
            }
            bench.destroy();
            assertThat(bench.waitFor()).isEqualTo(143);
            assertThat(data).isEmptyDirectory();
        } finally {
            bench.destroyForcibly();
        }
    }

    private long unfinishedFiles() throws IOException {
        try (var files = Files.walk(data)) {
            return files.filter(file -> file.toString().endsWith(".part")).count();
        } catch (UncheckedIOException e) {
            // gone while it was looked at
            return 0;
        }
    }

    private static Process start(String... command) throws IOException {
        return start(List.of(), command);
    }

    private static Process start(List<String> jvmFlags, String... command) throws IOException {
        var java = Stream.concat(Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules", "jdk.incubator.vector"), jvmFlags.stream());
        var program = Stream.of("-cp", System.getProperty("java.class.path"), Millrace.class.getName());
        return new ProcessBuilder(Stream.of(java, program, Stream.of(command)).flatMap(part -> part).toList())
                .redirectErrorStream(true).start();
    }

    private static String firstOf(EmbeddedBroker broker, String topic) {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            var partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (true) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    return record.value();
                }
            }
        }
    }
}
