package io.millrace.compose.stack;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.millrace.compose.cli.CommandLineInterface;
import io.millrace.compose.program.Program;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;

/** The local stack's files agree with each other and with the program, as far as that can be told without an engine for containers. */
class ComposeFileTest {
    private static final Path FOLDER = Program.root().resolve("compose");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private static String read(String file) throws IOException {
        return Files.readString(FOLDER.resolve(file));
    }

    private static Map<String, String> knobs() throws IOException {
        var properties = new Properties();
        properties.load(new StringReader(read(".env")));
        return properties.stringPropertyNames().stream()
                .collect(toMap(name -> name, properties::getProperty));
    }

    /** With every knob filled in and every merge done, as Docker sees it. */
    private static JsonNode services() throws IOException {
        Map<String, String> knobs = knobs();
        String text = VARIABLE.matcher(read("docker-compose.yml")).replaceAll(found -> knobs.get(found.group(1)));
        return new MergedYaml(text).root().get("services");
    }

    private static CommandSpec command(String name) {
        return new CommandLineInterface(Map.of(), System.out, System.err).command(name);
    }

    private static Set<String> names(String text, Pattern pattern) {
        return pattern.matcher(text).results().map((MatchResult found) -> found.group(1)).collect(toSet());
    }

    @Test
    void everyKnobIsUsedAndHasACommentBeforeIt() throws IOException {
        assertThat(names(read("docker-compose.yml"), VARIABLE)).containsExactlyInAnyOrderElementsOf(knobs().keySet());
        List<String> lines = read(".env").lines().toList();
        for (int i = 1; i < lines.size(); i++) {
            boolean follows = !lines.get(i - 1).isBlank();
            assertThat(lines.get(i).isBlank() || lines.get(i).startsWith("#") || follows).as(lines.get(i)).isTrue();
        }
    }

    @Test
    void theFileIsAsTheComposeSpecificationHasIt() throws IOException {
        JsonNode file = new MergedYaml(read("docker-compose.yml")).root();
        Schemas.requireValid("compose-spec.json", file);
        var mistaken = (ObjectNode) file.deepCopy();
        ((ObjectNode) mistaken.at("/services/worker")).put("mem-limit", "4G");
        assertThatThrownBy(() -> Schemas.requireValid("compose-spec.json", mistaken)).hasMessageContaining("mem-limit");
    }

    @Test
    void aGpuIsReservedForTheWorkerThatWantsOne() throws IOException {
        JsonNode worker = services().get("worker-gpu");
        assertThat(worker.get("profiles")).singleElement().extracting(JsonNode::asText).isEqualTo("gpu");
        JsonNode device = worker.at("/deploy/resources/reservations/devices/0");
        assertThat(device.get("driver").asText()).isEqualTo("nvidia");
        assertThat(device.at("/capabilities/0").asText()).isEqualTo("gpu");
        assertThat(worker.at("/environment/MILLRACE_N_GPU_LAYERS").asInt()).isPositive();
        // all else is as of the others
        services().get("worker").get("environment").properties().forEach(variable -> assertThat(worker.get(
                "environment").get(variable.getKey())).isEqualTo(variable.getValue()));
    }

    @Test
    void everyImageHasAVersion() throws IOException {
        services().forEach(service -> assertThat(service.get("image").asText()).matches("[\\w./-]+:v?\\d[\\w.-]*"));
        names(read("Dockerfile"), Pattern.compile("(?m)^FROM (\\S+)"))
                .forEach(image -> assertThat(image).matches("[\\w./-]+:[\\w.-]*\\d[\\w.-]*"));
    }

    @Test
    void theBrokersHaveTheVersionOfTheClients() throws IOException {
        assertThat(Files.readString(Program.root().resolve("pom.xml"))).contains("<kafka.version>" + knobs().get(
                "KAFKA_VERSION") + "</kafka.version>");
    }

    @Test
    void everyContainerIsHeldToWhatItNeeds() throws IOException {
        for (var service : services().properties()) {
            JsonNode settings = service.getValue();
            assertThat(settings.path("read_only").asBoolean()).as(service.getKey()).isTrue();
            assertThat(settings.path("restart").asText()).as(service.getKey()).isEqualTo("unless-stopped");
            assertThat(settings.at("/cap_drop/0").asText()).as(service.getKey()).isEqualTo("ALL");
            assertThat(settings.at("/deploy/resources/limits/memory").asText()).as(service.getKey())
                    .matches("\\d+[MG]");
            settings.path("ports").forEach(port -> assertThat(port.asText()).as(service.getKey())
                    .matches("127\\.0\\.0\\.1:\\d+:\\d+"));
        }
        assertThat(read("Dockerfile")).contains("\nUSER 10001\n", "\nHEALTHCHECK ");
    }

    @Test
    void everyVariableOfTheProgramIsAFlagOfIts() throws IOException {
        for (String service : List.of("worker", "worker-gpu", "gateway")) {
            String role = services().get(service).get("command").get(0).asText();
            assertThat(service).startsWith(role);
            Set<String> known = new TreeSet<>(Set.of("NVIDIA_DRIVER_CAPABILITIES"));
            command(role).options()
                    .forEach(option -> known.add("MILLRACE_"
                            + option.longestName().replaceFirst("^--", "").replace('-', '_').toUpperCase(Locale.ROOT)));
            services().get(service).get("environment").fieldNames()
                    .forEachRemaining(name -> assertThat(known).contains(name));
        }
    }

    @Test
    void everySettingOfTheBrokerIsOneOfKafkas() throws IOException {
        Set<String> known = AbstractKafkaConfig.CONFIG_DEF.names();
        services().get("kafka").get("environment").fieldNames().forEachRemaining(name -> assertThat(known)
                .contains(name.replaceFirst("^KAFKA_", "").replace('_', '.').toLowerCase(Locale.ROOT)));
    }

    @Test
    void portsAreThoseOfTheProgram() throws IOException {
        var gateway = command("gateway");
        String port = gateway.findOption("--port").defaultValue();
        assertThat(knobs().get("PORT")).isEqualTo(port);
        assertThat(services().at("/gateway/environment/MILLRACE_PORT").asText()).isEqualTo(port);
        assertThat(read("proxy/nginx.conf")).contains("server gateway:" + port + " resolve;");
        String status = services().at("/worker/environment/MILLRACE_STATUS_PORT").asText();
        JsonNode jobs = YAML.readTree(read("prometheus/prometheus.yml")).get("scrape_configs");
        assertThat(jobs.at("/0/dns_sd_configs/0/port").asText()).isEqualTo(status);
        assertThat(jobs.at("/1/dns_sd_configs/0/port").asText()).isEqualTo(port);
        assertThat(services().at("/worker/healthcheck/test/2").asText()).isEqualTo(status);
        assertThat(services().at("/gateway/healthcheck/test/2").asText()).isEqualTo(port);
        services().forEach(service -> assertThat(service.at("/environment/MILLRACE_BOOTSTRAP_SERVERS").asText(
                "kafka:19092")).isEqualTo("kafka:19092"));
    }

    @Test
    void everyFileThatIsMountedIsThere() throws IOException {
        services().forEach(service -> service.path("volumes").forEach(volume -> {
            String source = volume.asText().split(":", -1)[0];
            if (source.startsWith(".")) {
                assertThat(FOLDER.resolve(source)).exists();
            }
        }));
        names(read("Dockerfile"), Pattern.compile("(compose/container/\\w+)"))
                .forEach(file -> assertThat(Program.root().resolve(file)).isExecutable());
    }

    @Test
    void everyAlertHasItsPageInTheHandbook() throws IOException {
        String handbook = Files.readString(Program.root().resolve("docs/operations.md"));
        for (JsonNode rule : YAML.readTree(read("prometheus/alerts.yml")).at("/groups/0/rules")) {
            String name = rule.get("alert").asText();
            assertThat(rule.at("/annotations/runbook").asText()).isEqualTo("docs/operations.md#"
                    + name.toLowerCase(Locale.ROOT));
            assertThat(handbook).contains("\n### " + name + "\n");
        }
    }
}
