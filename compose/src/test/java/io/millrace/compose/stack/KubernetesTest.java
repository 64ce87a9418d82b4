package io.millrace.compose.stack;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.millrace.compose.cli.CommandLineInterface;
import io.millrace.compose.program.Program;
import io.millrace.ingest.IngestOptions;
import io.millrace.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The manifests are what Kubernetes and KEDA take, and agree with each other and with the program. */
class KubernetesTest {
    private static final Path FOLDER = Program.root().resolve("compose/kubernetes");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    /** Applied by hand. */
    private static final String PULL = "pull-model.yaml";
    private static final Map<String, Check> KINDS = Map.of("apps/v1 Deployment", V1Deployment::validateJsonElement,
            "batch/v1 Job", V1Job::validateJsonElement, "v1 Namespace", V1Namespace::validateJsonElement,
            "v1 PersistentVolumeClaim", V1PersistentVolumeClaim::validateJsonElement, "v1 Service",
            V1Service::validateJsonElement, "policy/v1 PodDisruptionBudget",
            V1PodDisruptionBudget::validateJsonElement);

    /** Kubernetes' own models: they refuse fields that do not exist, that have the wrong type, and that are missing. */
    private interface Check {
        void check(JsonElement manifest) throws IOException;
    }

    private static JsonNode read(String file) throws IOException {
        return YAML.readTree(FOLDER.resolve(file).toFile());
    }

    /** Every object of every file but the kustomization, by kind and name. */
    private static Map<String, JsonNode> objects() throws IOException {
        var all = new TreeMap<String, JsonNode>();
        for (String file : files()) {
            try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(FOLDER.resolve(file).toFile())) {
                documents.readAll().forEach(object -> all.put(object.get("kind").asText() + " " + object.at(
                        "/metadata/name").asText("pull-model"), object));
            }
        }
        return all;
    }

    private static List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> !name.equals("kustomization.yaml"))
                    .sorted().toList();
        }
    }

    private static List<JsonNode> withPods() throws IOException {
        return objects().values().stream().filter(object -> object.at("/spec/template/spec").isObject()).toList();
    }

    private static JsonNode object(String name) throws IOException {
        return objects().get(name);
    }

    private static Map<String, String> shared() throws IOException {
        return StreamSupport.stream(read("kustomization.yaml").at("/configMapGenerator/0/literals").spliterator(),
                false).map(JsonNode::asText).collect(toMap(text -> text.substring(0, text.indexOf('=')),
                        text -> text
                                .substring(text.indexOf('=') + 1)));
    }

    private static Map<String, String> environment(JsonNode container) throws IOException {
        var all = new TreeMap<String, String>();
        if (container.has("envFrom")) {
            all.putAll(shared());
        }
        container.path("env").forEach(variable -> all.put(variable.get("name").asText(), variable.path("value")
                .asText()));
        return all;
    }

    private static JsonNode container(JsonNode object) {
        return object.at("/spec/template/spec/containers/0");
    }

    private static void check(JsonNode object) throws IOException {
        String kind = object.get("apiVersion").asText() + " " + object.get("kind").asText();
        if (kind.equals("keda.sh/v1alpha1 ScaledObject")) {
            Schemas.requireValid("scaled-object.json", object);
        } else {
            assertThat(KINDS).containsKey(kind);
            KINDS.get(kind).check(JsonParser.parseString(object.toString()));
        }
    }

    @Test
    void everyManifestIsWhatKubernetesTakes() throws IOException {
        assertThat(objects()).hasSizeGreaterThan(6);
        for (JsonNode object : objects().values()) {
            check(object);
        }
    }

    @Test
    void aMistakeInAManifestIsSeen() throws IOException {
        var unknown = (ObjectNode) object("Deployment worker").deepCopy();
        ((ObjectNode) container(unknown)).put("imagePullpolicy", "Always");
        assertThatThrownBy(() -> check(unknown)).hasMessageContaining("imagePullpolicy");
        var wrong = (ObjectNode) object("Deployment gateway").deepCopy();
        ((ObjectNode) wrong.get("spec")).remove("selector");
        assertThatThrownBy(() -> check(wrong)).hasMessageContaining("selector");
        var scaling = (ObjectNode) object("ScaledObject worker").deepCopy();
        ((ObjectNode) scaling.at("/spec/triggers/0/metadata")).put("lagTreshold", "1");
        assertThatThrownBy(() -> check(scaling)).hasMessageContaining("lagTreshold");
    }

    @Test
    void everyManifestButTheOneForHandsIsApplied() throws IOException {
        var applied = new ArrayList<String>();
        read("kustomization.yaml").get("resources").forEach(file -> applied.add(file.asText()));
        applied.add(PULL);
        assertThat(applied).containsExactlyInAnyOrderElementsOf(files());
        JsonNode image = read("kustomization.yaml").at("/images/0");
        assertThat(container(object("Job pull-model")).get("image").asText()).isEqualTo(image.get("newName").asText()
                + ":" + image.get("newTag").asText());
        for (String role : List.of("worker", "gateway")) {
            assertThat(container(object("Deployment " + role)).get("image")).isEqualTo(image.get("name"));
        }
    }

    @Test
    void everyPodIsHeldToWhatItNeeds() throws IOException {
        assertThat(withPods()).hasSize(3);
        for (JsonNode object : withPods()) {
            JsonNode pod = object.at("/spec/template/spec");
            String name = object.get("kind").asText();
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).as(name).isTrue();
            // the Dockerfile's user
            assertThat(pod.at("/securityContext/runAsUser").asInt()).as(name).isEqualTo(10_001);
            assertThat(pod.at("/securityContext/seccompProfile/type").asText()).as(name).isEqualTo("RuntimeDefault");
            assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).as(name).isFalse();
            assertThat(pod.path("enableServiceLinks").asBoolean(true)).as(name).isFalse();
            JsonNode container = container(object);
            assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).as(name).isTrue();
            assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true)).as(name).isFalse();
            assertThat(container.at("/securityContext/capabilities/drop/0").asText()).as(name).isEqualTo("ALL");
            assertThat(container.at("/resources/limits/memory").asText()).as(name).matches("\\d+[MG]i");
        }
    }

    @Test
    void everyVariableIsAFlagOfItsCommand() throws IOException {
        for (JsonNode object : withPods()) {
            JsonNode container = container(object);
            var known = new TreeSet<String>();
            new CommandLineInterface(Map.of(), System.out, System.err).command(container.at("/args/0").asText())
                    .options().forEach(option -> known.add("MILLRACE_" + option.longestName().replaceFirst("^--", "")
                            .replace('-', '_').toUpperCase(Locale.ROOT)));
            assertThat(known).containsAll(environment(container).keySet().stream().filter(name -> name.startsWith(
                    "MILLRACE_")).toList());
        }
    }

    @Test
    void portsProbesAndSelectorsFitTogether() throws IOException {
        for (String role : List.of("worker", "gateway")) {
            JsonNode deployment = object("Deployment " + role);
            JsonNode container = container(deployment);
            JsonNode port = container.at("/ports/0");
            assertThat(port.get("containerPort").asText()).isEqualTo(environment(container).get(role.equals("worker")
                    ? "MILLRACE_STATUS_PORT"
                    : "MILLRACE_PORT"));
            for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
                assertThat(container.get(probe).findValue("port")).as(role + " " + probe).isEqualTo(port.get("name"));
            }
            assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/health");
            assertThat(container.at("/livenessProbe/httpGet/path").asText()).isNotEqualTo("/health");
            assertThat(deployment.at("/spec/template/metadata/labels")).isEqualTo(deployment.at(
                    "/spec/selector/matchLabels"));
            assertThat(deployment.at("/spec/template/metadata/annotations/prometheus.io~1port").asText()).isEqualTo(
                    port.get("containerPort").asText());
        }
        JsonNode gateway = object("Deployment gateway").at("/spec/selector/matchLabels");
        assertThat(object("Service gateway").at("/spec/selector")).isEqualTo(gateway);
        assertThat(object("PodDisruptionBudget gateway").at("/spec/selector/matchLabels")).isEqualTo(gateway);
    }

    @Test
    void workersAreScaledOnTheTopicThatTheyRead() throws IOException {
        JsonNode scaling = object("ScaledObject worker").get("spec");
        JsonNode worker = object("Deployment worker");
        assertThat(scaling.at("/scaleTargetRef/name")).isEqualTo(worker.at("/metadata/name"));
        // which would set the number back whenever the manifests are applied
        assertThat(worker.get("spec").has("replicas")).isFalse();
        assertThat(scaling.get("maxReplicaCount").asText()).isEqualTo(shared().get("MILLRACE_PARTITIONS"));
        JsonNode trigger = scaling.at("/triggers/0/metadata");
        assertThat(trigger.get("topic").asText()).isEqualTo(Topics.DEFAULT.prompts());
        assertThat(trigger.get("consumerGroup").asText()).isEqualTo(IngestOptions.DEFAULT_GROUP);
        assertThat(trigger.get("bootstrapServers").asText()).isEqualTo(shared().get("MILLRACE_BOOTSTRAP_SERVERS"));
        int drain = Integer.parseInt(environment(container(worker)).get("MILLRACE_DRAIN"));
        assertThat(worker.at("/spec/template/spec/terminationGracePeriodSeconds").asInt()).isGreaterThan(drain + 10);
    }

    @Test
    void workersFindTheModelThatIsPulled() throws IOException {
        JsonNode pull = container(object("Job pull-model"));
        Map<String, String> worker = environment(container(object("Deployment worker")));
        assertThat(pull.at("/args/1").asText()).isEqualTo(worker.get("MILLRACE_MODEL"));
        assertThat(environment(pull).get("MILLRACE_MODELS")).isEqualTo(worker.get("MILLRACE_MODELS"));
    }
}
