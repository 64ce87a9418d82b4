package io.millrace.compose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.compose.program.Program;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts: a flag, then a variable, then the file, then the default; and what is refused. */
class ConfigTest {
    @TempDir
    Path folder;

    @Test
    void aFlagGoesBeforeAVariableBeforeTheFileBeforeTheDefault() throws IOException {
        Path file = write("# a comment", "kafka-port=1", "port: 2", "", "host = ::1");
        Map<String, String> environment = Map.of("MILLRACE_KAFKA_PORT", "3", "MILLRACE_PORT", "4", "MILLRACE_HOST", "");
        JsonNode settings = settings(environment, "config", "--json", "--config", file.toString(), "up", "--kafka-port",
                "5");
        assertSetting(settings, "kafka-port", "5", "flag");
        assertSetting(settings, "port", "4", "MILLRACE_PORT");
        assertSetting(settings, "host", "::1", file + ":5");
        assertSetting(settings, "partitions", "8", "default");
        assertThat(settings.get("bootstrap-servers").get("value").isNull()).isTrue();
        assertThat(settings.get("bootstrap-servers").get("source").asText()).isEqualTo("not set");
    }

    @Test
    void theFileIsWhatTheCommandRunsWith() throws IOException {
        Path file = write("bootstrap-servers=wrong");
        CommandRun.of("tail", "--config", file.toString()).isRefused("'wrong'");
        CommandRun.of("--config=" + file, "tail").isRefused("'wrong'");
        CommandRun.of(Map.of("MILLRACE_CONFIG", file.toString()), "tail").isRefused("'wrong'");
        CommandRun.of(Map.of("MILLRACE_BOOTSTRAP_SERVERS", "false"), "tail", "--config", file.toString())
                .isRefused("'false'");
    }

    @Test
    void theUsualFileIsReadIfItIsThereAndNoOtherIsNamed() throws IOException {
        Path usual = folder.resolve("usual.properties");
        assertThat(outputWith(usual, "config", "up")).contains("settings file: none");
        Files.writeString(usual, "port=81");
        assertThat(outputWith(usual, "config", "up")).contains("settings file: " + usual).containsPattern(
                "port +81 +\\Q" + usual + ":1");
        assertThat(outputWith(usual, "config", "--config", write("port=82").toString())).containsPattern("port +82 ")
                .doesNotContain(usual.toString());
    }

    @ParameterizedTest
    @CsvSource({"MILLRACE_KAFKA_PROT,MILLRACE_KAFKA_PORT", "MILLRACE_TEMP,MILLRACE_TEMPERATURE",
            "MILLRACE_JAVA_OPT,MILLRACE_JAVA_OPTS", "MILLRACE_BOOTSTRAPSERVER,MILLRACE_BOOTSTRAP_SERVERS"})
    void aVariableThatIsNotKnownIsRefusedWithTheNearest(String variable, String meant) {
        CommandRun.of(Map.of(variable, "secret value"), "tokenize", "-p", "x").isRefused(variable,
                "did you mean " + meant + "?");
        assertThat(CommandRun.of(Map.of(variable, "secret value"), "tokenize").err()).doesNotContain("secret value");
        assertThat(CommandRun.of(Map.of(variable, "x"), "up", "--help").status()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"kafka-prot,kafka-port", "temp,temperature", "--port,port", "bootstrap.servers,bootstrap-servers",
            "KAFKA_PORT,kafka-port", "MILLRACE_PORT,port", "zzz,"})
    void aNameInTheFileThatIsNotKnownIsRefusedWithTheNearest(String name, String meant) throws IOException {
        Path file = write("port=1", name + "=2");
        CommandRun.of("config", "--config", file.toString()).isRefused(file + ":2", name,
                meant == null ? "did you mean" : "did you mean " + meant + "?");
    }

    @ParameterizedTest
    @CsvSource({"'port=1,port=2',already given at", "config=x,remove config", "'port=\\uXYZ',write a backslash twice"})
    void aFileThatMakesNoSenseIsRefused(String lines, String reason) throws IOException {
        CommandRun.of("config", "--config", write(lines.split(",")).toString()).isRefused(reason);
    }

    @Test
    void aFileThatIsNamedMustBeThere() {
        CommandRun.of("tail", "--config", folder.resolve("nowhere").toString()).isRefused("nowhere",
                "cannot be read");
        CommandRun.of(Map.of("MILLRACE_CONFIG", folder.toString()), "tail").isRefused("cannot be read");
    }

    @Test
    void aLineMayGoOnAndABackslashIsWrittenTwice() throws IOException {
        Path file = write("allowed-origins=https://a.example,\\", "   https://b.example", "data=C:\\\\millrace");
        JsonNode settings = settings(Map.of("MILLRACE_CONFIG", file.toString()), "config", "--json");
        assertSetting(settings, "allowed-origins", "https://a.example,https://b.example", file + ":1");
        assertSetting(settings, "data", "C:\\millrace", file + ":3");
    }

    @Test
    void aValueOfTheWrongTypeIsRefusedWithWhereItStands() throws IOException {
        Path file = write("port=many");
        CommandRun.of("gateway", "--config", file.toString()).isRefused("--port", "'many'", "from " + file + ":1");
        CommandRun.of(Map.of("MILLRACE_PORT", "many"), "config", "gateway").isRefused("from MILLRACE_PORT");
        assertThat(CommandRun.of("gateway", "--port", "many").err()).doesNotContain("from");
    }

    @Test
    void whatKubernetesSaysOfServicesIsNoSetting() {
        var links = Map.of("MILLRACE_PORT", "tcp://10.0.0.1:8080", "MILLRACE_SERVICE_HOST", "10.0.0.1",
                "MILLRACE_SERVICE_PORT_HTTP", "8080", "MILLRACE_PORT_8080_TCP_ADDR", "10.0.0.1",
                "MILLRACE_GATEWAY_PORT", "tcp://10.0.0.2:8080");
        assertThat(CommandRun.of(links, "config", "gateway").succeeds().out()).containsPattern("port +8080 +default");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--verbose tokenize -p x", "tokenize --verbose -p x", "-v -p x -n 1 --temp 0",
            "-n 1 --temp 0 -p x"})
    void flagsOfEveryCommandMayStandBeforeIt(String arguments) {
        CommandRun.of(arguments.split(" ")).succeeds();
    }

    @Test
    void passwordsAreMasked() throws IOException {
        Path file = write("allowed-origins=https://me:hidden@example.com");
        String out = CommandRun.of("config", "gateway", "--config", file.toString()).succeeds().out();
        assertThat(out).contains("https://****@example.com").doesNotContain("hidden");
    }

    @Test
    void aCommandNeedNotBeCompleteToBeLookedAt() {
        assertThat(CommandRun.output("config", "logits")).containsPattern("positions +- +not set");
        assertThat(CommandRun.output("config", "worker", "-np", "3", "--verbose"))
                .containsPattern("parallel +3 +flag").containsPattern("verbose +true +flag");
        CommandRun.of("config", "nonsense").isRefused("no command nonsense");
        CommandRun.of("config", "worker", "--nonsense").isRefused("--nonsense");
    }

    @Test
    void thePageDocumentsTheFlagsThereAre() throws IOException {
        Path page = Program.root().resolve("docs/configuration.md");
        assertThat(Files.readString(page)).as("./millrace config --markdown > docs/configuration.md makes it anew")
                .isEqualTo(CommandRun.output("config", "--markdown"));
    }

    private Path write(String... lines) throws IOException {
        return Files.write(folder.resolve("millrace.properties"), List.of(lines));
    }

    private static String outputWith(Path usual, String... arguments) {
        var out = new ByteArrayOutputStream();
        var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        assertThat(new CommandLineInterface(Map.of(), Optional.of(usual), stream, stream).run(arguments)).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    /** What {@code config --json} prints, by name. */
    private static JsonNode settings(Map<String, String> environment, String... arguments) throws IOException {
        var mapper = new ObjectMapper();
        var byName = mapper.createObjectNode();
        mapper.readTree(CommandRun.of(environment, arguments).succeeds().out()).get("settings")
                .forEach(setting -> byName.set(setting.get("name").asText(), setting));
        return byName;
    }

    private static void assertSetting(JsonNode settings, String name, String value, String source) {
        assertThat(settings.get(name).get("value").asText()).as(name).isEqualTo(value);
        assertThat(settings.get(name).get("source").asText()).as(name).isEqualTo(source);
    }
}
