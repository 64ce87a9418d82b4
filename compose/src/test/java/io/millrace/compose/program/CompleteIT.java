package io.millrace.compose.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class CompleteIT {
    @TempDir
    Path folder;

    private static Program complete(String... arguments) throws InterruptedException {
        var command = Stream.concat(Stream.of("complete"), Arrays.stream(arguments)).toArray(String[]::new);
        var program = Program.start(command);
        program.status();
        return program;
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
    void itReadsStdin() throws Exception {
        Path file = Files.writeString(folder.resolve("prompt.txt"), "Once upon a time");
        var process = new ProcessBuilder(Program.root().resolve("millrace").toString(), "complete", "-n", "3")
                .redirectInput(file.toFile()).start();
        assertThat(process.inputReader().readAllAsString()).isNotBlank();
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void aMistakeIsOneLine() throws Exception {
        try (var program = complete("-p", "x", "-m", "nowhere.gguf")) {
            assertThat(program.status()).isEqualTo(2);
            assertThat(program.err().lines()).singleElement().asString().startsWith(
                    "millrace: nowhere.gguf: there is no such file, and no model of this name in ");
        }
    }

    @Test
    void withoutTheVectorApiItSaysHowToStart() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String jar = Program.root().resolve("compose/target/millrace.jar").toString();
        var process = new ProcessBuilder(java, "--enable-native-access=ALL-UNNAMED", "-jar", jar, "complete", "-p", "x")
                .start();
        assertThat(process.errorReader().lines()).singleElement().asString().startsWith("millrace: ")
                .contains("--add-modules jdk.incubator.vector");
        assertThat(process.waitFor()).isEqualTo(2);
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
