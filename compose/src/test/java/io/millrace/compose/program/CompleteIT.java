package io.millrace.compose.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class CompleteIT {
    private static final String DEMO = "inference/src/main/resources/models/millrace-demo-Q8_0.gguf";

    @TempDir
    Path folder;

    private static Program complete(String... arguments) throws InterruptedException {
        var command = Stream.concat(Stream.of("complete"), Arrays.stream(arguments)).toArray(String[]::new);
        var program = Program.start(command);
        program.status();
        return program;
    }

    @Test
    void greedyStoriesAreTheReferencesToTheLetter() throws Exception {
        Path shared = Program.root().resolveSibling("shared");
        assumeTrue(Files.isDirectory(shared), "no folder shared beside the checkout");
        JsonNode golden = new ObjectMapper().readTree(shared.resolve("golden/stories260K.json").toFile());
        String model = shared.resolve("models/stories260K.gguf").toString();
        for (JsonNode story : golden.get("greedy")) {
            try (var program = complete("-m", model, "-p", story.get("prompt").asText(), "-n",
                    story.get("max_tokens").asText(), "--temp", "0", "--seed", "1", "-c", "512", "-t", "2")) {
                assertThat(program.out()).isEqualTo(story.get("text").asText());
                assertThat(program.err()).isEmpty();
                assertThat(program.status()).isZero();
            }
        }
    }

    @Test
    void withoutASubcommandItIsComplete() throws Exception {
        try (var named = complete("-p", "Once upon a time", "-n", "8", "-s", "7");
                var unnamed = Program.start("-p", "Once upon a time", "-n", "8", "-s", "7")) {
            assertThat(unnamed.status()).isZero();
            assertThat(unnamed.out()).isNotBlank().isEqualTo(named.out());
        }
    }

    @Test
    void theTextComesFromAFileOrStdinAsWell() throws Exception {
        Path file = Files.writeString(folder.resolve("prompt.txt"), "Once upon\\x20a time");
        try (var argument = complete("-p", "Once upon a time", "-n", "8", "--temp", "0");
                var read = complete("-f", file.toString(), "-e", "-n", "8", "--temp", "0")) {
            assertThat(argument.out()).isNotBlank().isEqualTo(read.out());
        }
        var process = new ProcessBuilder(Program.root().resolve("millrace").toString(), "complete", "-n", "3")
                .redirectInput(file.toFile()).start();
        assertThat(process.inputReader().readAllAsString()).isNotBlank();
        assertThat(process.waitFor()).isZero();
    }

    /** As with {@code millrace complete ... | head}. */
    @Test
    void itEndsQuietlyOnceNobodyReads() throws Exception {
        var process = new ProcessBuilder(Program.root().resolve("millrace").toString(), "complete", "-p",
                "Once upon a time", "-n", "200", "--temp", "0").start();
        assertThat(process.getInputStream().read()).isNotNegative();
        process.getInputStream().close();
        assertThat(process.waitFor()).isEqualTo(141);
        assertThat(process.errorReader().lines()).noneMatch(line -> line.startsWith("millrace"));
    }

    @Test
    void timingsGoToStderr() throws Exception {
        try (var program = complete("-p", "Once upon a time", "-n", "8", "--timings")) {
            assertThat(program.err().lines()).hasSize(3);
            assertThat(program.err()).contains("load ", "prompt ", "decode ", "8 tokens", "tokens/s");
        }
    }

    @Test
    void guessingAheadChangesNoText() throws Exception {
        String[] plain = {"-p", "The boat was blue. The boat was", "-n", "40", "--temp", "0.5", "-s", "3"};
        String demo = Program.root().resolve(DEMO).toString();
        try (var whole = complete(plain);
                var lookup = complete(with(plain, "--lookup", "8", "--timings"));
                var draft = complete(with(plain, "-md", demo, "--draft-max", "4", "--timings"))) {
            assertThat(whole.out()).isNotBlank();
            assertThat(lookup.out()).isEqualTo(whole.out());
            assertThat(draft.out()).isEqualTo(whole.out());
            assertThat(lookup.err()).contains("guesses ", "% were right");
            assertThat(draft.err()).contains("guesses ", "% were right");
        }
    }

    private static String[] with(String[] first, String... more) {
        return Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray(String[]::new);
    }

    @Test
    void aDraftModelOfOtherWordsIsRefused() throws Exception {
        Path shared = Program.root().resolveSibling("shared");
        assumeTrue(Files.isDirectory(shared), "no folder shared beside the checkout");
        try (var program = complete("-p", "x", "-md", shared.resolve("models/stories260K.gguf").toString())) {
            assertThat(program.status()).isEqualTo(2);
            assertThat(program.err().lines()).singleElement().asString().contains("--model-draft: stories260K has 512");
        }
    }

    @Test
    void aStopStringEndsTheText() throws Exception {
        try (var whole = complete("-p", "Once upon a time", "-n", "20", "--temp", "0")) {
            String stop = whole.out().substring(5, 8);
            try (var stopped = complete("-p", "Once upon a time", "-n", "20", "--temp", "0", "-r", stop)) {
                assertThat(stopped.out()).isEqualTo(whole.out().substring(0, whole.out().indexOf(stop)));
            }
        }
    }

    static Stream<Arguments> unusableModels() throws IOException {
        byte[] demo = Files.readAllBytes(Program.root().resolve(DEMO));
        byte[] other = demo.clone();
        // the architecture's value, the first place where its name stands with its length before it
        byte[] value = "\5\0\0\0\0\0\0\0llama".getBytes(StandardCharsets.ISO_8859_1);
        int at = new String(demo, StandardCharsets.ISO_8859_1).indexOf(new String(value, StandardCharsets.ISO_8859_1));
        System.arraycopy("mamba".getBytes(StandardCharsets.ISO_8859_1), 0, other, at + 8, 5);
        return Stream.of(Arguments.of("cut.gguf", Arrays.copyOf(demo, demo.length / 2), "damaged or cut short"),
                Arguments.of("header.gguf", Arrays.copyOf(demo, 10), "damaged or cut short"),
                Arguments.of("other.gguf", other, "architecture 'mamba'"),
                Arguments.of("diary.gguf", "Dear diary,\nall is well.\n".getBytes(StandardCharsets.UTF_8),
                        "a text file"),
                Arguments.of("empty.gguf", new byte[0], "the file is empty"));
    }

    @ParameterizedTest
    @MethodSource("unusableModels")
    void aFileThatIsNoUsableModelIsOneLineThatNamesIt(String name, byte[] contents, String reason) throws Exception {
        Path file = Files.write(folder.resolve(name), contents);
        try (var program = complete("-m", file.toString(), "-p", "Hello")) {
            refused(program, file.toString(), reason);
        }
    }

    @Test
    void aMissingFileIsOneLineThatNamesIt() throws Exception {
        Path file = folder.resolve("missing.gguf");
        try (var program = complete("-m", file.toString(), "-p", "Hello")) {
            refused(program, file.toString(), "there is no such file");
        }
        try (var program = complete("-m", folder.toString(), "-p", "Hello")) {
            refused(program, folder.toString(), "is a directory");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-n 0", "-n many", "-c 1", "-c -5", "-t 0", "--temp -1", "--top-p 0", "--min-p 2",
            "--repeat-last-n -2", "-f nowhere.txt", "-c 4", "--reverse-prompt="})
    void aMistakeIsOneLine(String flags) throws Exception {
        var arguments = Stream.concat(flags.startsWith("-f")
                ? Stream.empty()
                : Stream.of("-p", "Once upon a time there was a boat"), Arrays.stream(flags.split(" ")))
                .toArray(String[]::new);
        try (var program = complete(arguments)) {
            refused(program, "millrace");
        }
    }

    private static void refused(Program program, String... reasons) throws InterruptedException {
        assertThat(program.status()).isEqualTo(2);
        assertThat(program.out()).isEmpty();
        assertThat(program.err().lines()).singleElement().asString().startsWith("millrace").contains(reasons);
    }

    @Test
    void neitherKafkaNorVertxIsLoaded() throws Exception {
        Path log = folder.resolve("classes.txt");
        var builder = new ProcessBuilder(Program.root().resolve("millrace").toString(), "complete", "-p", "Hello", "-n",
                "2").redirectErrorStream(true);
        builder.environment().put("MILLRACE_JAVA_OPTS", "-Xlog:class+load:file=" + log);
        var process = builder.start();
        process.inputReader().readAllAsString();
        assertThat(process.waitFor()).isZero();
        List<String> loaded = Files.readAllLines(log);
        assertThat(loaded).anyMatch(line -> line.contains("io.millrace.inference.Engine "));
        assertThat(loaded).noneMatch(line -> line.contains(" org.apache.kafka.") || line.contains(" io.vertx.")
                || line.contains(" io.netty."));
    }
}
