package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A running gateway does what openapi.yaml says of it. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class OpenApiIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private static final ObjectMapper JSON = new ObjectMapper();

    private static Pipeline pipeline;
    private static Worker worker;
    private static HttpGateway gateway;
    private static JsonNode document;

    @BeforeAll
    static void open() throws Exception {
        pipeline = new Pipeline(CLUSTER);
        worker = Worker.start(pipeline, new ScriptedRunner());
        gateway = HttpGateway.start(pipeline, options -> options);
        try (InputStream in = OpenApiIT.class.getResourceAsStream("/schemas/openapi.yaml")) {
            document = new ObjectMapper(new YAMLFactory()).readTree(in);
        }
        pipeline.send("a-stream", "3 tokens");
    }

    @AfterAll
    static void close() {
        gateway.close();
        worker.close();
        pipeline.close();
    }

    @Test
    void everyOperationAnswersItsExampleAsDescribed() throws Exception {
        for (var path : document.get("paths").properties()) {
            for (var operation : path.getValue().properties()) {
                if (operation.getValue().has("responses")) {
                    String name = operation.getKey() + " " + path.getKey();
                    JsonNode body = operation.getValue().at("/requestBody/content/application~1json/example");
                    var response = send(operation.getKey(), filledIn(path), body.isMissingNode()
                            ? ""
                            : body.toString());
                    assertThat(response.statusCode()).as(name + ": " + response.body()).isBetween(200, 299);
                    check(name, operation.getValue(), response);
                }
            }
        }
    }

    @Test
    void everyOperationThatTakesABodyRefusesAWrongOneAsDescribed() throws Exception {
        for (var path : document.get("paths").properties()) {
            JsonNode post = path.getValue().path("post");
            if (post.has("requestBody")) {
                var response = send("post", path.getKey(), "{\"prompt\": 5, \"messages\": 5}");
                assertThat(response.statusCode()).isEqualTo(400);
                check(path.getKey(), post, response);
            }
        }
    }

    private static HttpResponse<String> send(String method, String path, String body) throws Exception {
        return gateway.send(gateway.request(path).method(method.toUpperCase(Locale.ROOT),
                body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)).build());
    }

    private static String filledIn(Map.Entry<String, JsonNode> path) {
        String filled = path.getKey();
        for (JsonNode parameter : path.getValue().findValues("parameters").stream().flatMap(JsonNode::valueStream)
                .toList()) {
            if (parameter.path("in").asText().equals("path")) {
                filled = filled.replace("{" + parameter.get("name").asText() + "}", parameter.get("example").asText());
            }
        }
        return filled;
    }

    private static void check(String name, JsonNode operation, HttpResponse<String> response) throws Exception {
        JsonNode responses = operation.get("responses");
        JsonNode described = resolved(responses.has(String.valueOf(response.statusCode()))
                ? responses.get(String.valueOf(response.statusCode()))
                : responses.get("default"));
        String type = response.headers().firstValue("content-type").orElse("");
        if (!described.has("content")) {
            assertThat(response.body()).as(name).isEmpty();
            return;
        }
        assertThat(described.get("content").has(type)).as(name + " answers " + type).isTrue();
        JsonNode schema = described.get("content").get(type).path("schema");
        if (!schema.isMissingNode()) {
            assertThat(complaints(schema, response.body())).as(name + ": " + response.body()).isEmpty();
        }
    }

    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }

    /** The schema in the middle of the document, whose references lead into the document. */
    private static Iterable<?> complaints(JsonNode schema, String body) throws Exception {
        var whole = JSON.createObjectNode();
        whole.set("components", document.get("components"));
        whole.set("allOf", JSON.createArrayNode().add(schema));
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(JSON.writeValueAsString(whole), InputFormat.JSON).validate(body, InputFormat.JSON);
    }
}
