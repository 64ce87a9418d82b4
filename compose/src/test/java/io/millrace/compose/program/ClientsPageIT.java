package io.millrace.compose.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples in docs/clients.md, against {@code millrace up}. */
@Tag("long")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ClientsPageIT {
    private static final Path PAGE = Program.root().resolve("docs/clients.md");
    private static final Pattern EXAMPLE = Pattern.compile("(?ms)^```(\\w+) run\\n(.*?)^```$");
    private static final String SKIPPED = "skipped: ";
    private static final Pattern URL = Pattern.compile("http://(\\S+:\\d+)/v1");
    private static final Pattern BROKER = Pattern.compile("Kafka +(\\S+:\\d+),");
    private static final int COMMAND_NOT_FOUND = 127;
    private static final int PATIENCE_SECONDS = 60;

    @TempDir
    static Path folder;

    private static Program up;
    private static String gateway;
    private static String broker;

    /** One example; its name says where it stands. */
    record Example(String language, String code, int line) {
        @Override
        public String toString() {
            return language + " at line " + line;
        }
    }

    @BeforeAll
    static void bringUp() throws Exception {
        up = Program.start("up", "--data", folder.resolve("data").toString(), "--kafka-port", "0", "--port", "0");
        up.awaitLine(line -> line.startsWith("Try: "));
        gateway = found(URL);
        broker = found(BROKER);
    }

    private static String found(Pattern pattern) {
        var matcher = pattern.matcher(up.out());
        assertThat(matcher.find()).as(up.out()).isTrue();
        return matcher.group(1);
    }

    @AfterAll
    static void bringDown() throws Exception {
        if (up != null) {
            up.close();
        }
    }

    static Stream<Example> examples() throws IOException {
        String page = Files.readString(PAGE);
        return EXAMPLE.matcher(page).results().map(found -> new Example(found.group(1), found.group(2),
                (int) page.substring(0, found.start()).lines().count() + 1));
    }

    @Test
    void everyLanguageHasItsExamples() throws IOException {
        assertThat(examples().map(Example::language)).contains("sh", "python", "javascript", "java");
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleFromThePageRuns(Example example) throws Exception {
        String code = example.code().replace("127.0.0.1:8080", gateway).replace("127.0.0.1:9092", broker);
        List<String> command = command(example, code);
        Path out = folder.resolve(example.line() + ".out");
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
        } catch (IOException e) {
            assumeTrue(false, command.getFirst() + " is missing: " + e.getMessage());
            return;
        }
        process.getOutputStream().close();
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly().onExit().join();
        String output = Files.readString(out, StandardCharsets.UTF_8);
        assumeTrue(!output.startsWith(SKIPPED), output);
        assumeTrue(process.exitValue() != COMMAND_NOT_FOUND, output);
        assertThat(ended).as(output).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        // an answer, or events with it
        assertThat(output.strip()).hasSizeGreaterThan("that is all".length());
        if (code.contains("that is all")) {
            assertThat(output).contains("that is all");
        }
    }

    private static List<String> command(Example example, String code) throws IOException {
        Map<String, List<String>> interpreters = Map.of("sh", List.of("sh"), "python", List.of("python3"), "javascript",
                List.of("node", "--experimental-websocket"), "java", List.of(Path.of(System.getProperty("java.home"),
                        "bin", "java").toString(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp",
                        System.getProperty("java.class.path")));
        Map<String, String> endings = Map.of("sh", ".sh", "python", ".py", "javascript", ".mjs", "java", ".java");
        Path file = folder.resolve("Example" + example.line() + endings.get(example.language()));
        Files.writeString(file, code);
        var command = new ArrayList<>(interpreters.get(example.language()));
        command.add(file.toString());
        return command;
    }
}
