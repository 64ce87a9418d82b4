package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AsyncApiTest {
    private static final String SCHEMA_SUFFIX = ".schema.json";

    private final JsonNode document;

    AsyncApiTest() throws Exception {
        YAMLFactory yaml = YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
        document = new ObjectMapper(yaml).readTree(PublishedSchema.resource("asyncapi.yaml"));
    }

    @Test
    void theChannelsOnKafkaAreTheTopics() {
        List<String> addresses = document.get("channels").valueStream()
                .filter(channel -> channel.path("bindings").has("kafka"))
                .map(channel -> channel.get("address").asText()).toList();
        assertThat(addresses).containsExactlyInAnyOrderElementsOf(Topics.DEFAULT.all());
        for (JsonNode channel : document.get("channels")) {
            if (channel.path("bindings").has("kafka")) {
                assertThat(channel.at("/bindings/kafka/topic")).isEqualTo(channel.get("address"));
            }
        }
    }

    @Test
    void everyReferenceLeadsSomewhere() throws Exception {
        List<String> references = document.findValuesAsText("$ref");
        assertThat(references).isNotEmpty();
        for (String reference : references) {
            if (reference.startsWith("#")) {
                assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
            } else {
                assertThat(schema(reference).document().isObject()).as(reference).isTrue();
            }
        }
    }

    @Test
    void everySchemaIsUsed() {
        List<String> references = document.findValuesAsText("$ref");
        for (PublishedSchema schema : PublishedSchema.values()) {
            assertThat(references).contains("./" + schema.label() + SCHEMA_SUFFIX);
        }
    }

    @Test
    void everyOperationWorksOnAChannelAndEveryChannelHasOne() {
        List<String> used = document.get("operations").valueStream().map(o -> o.at("/channel/$ref").asText()).toList();
        List<String> channels = document.get("channels").propertyStream().map(Map.Entry::getKey)
                .map(name -> "#/channels/" + name).toList();
        assertThat(used).containsAll(channels).isSubsetOf(channels);
    }

    @Test
    void theExamplesOfEveryMessageKeepItsSchema() {
        for (JsonNode message : document.at("/components/messages")) {
            assertThat(message.path("examples")).as("examples of %s", message.get("name")).isNotEmpty();
            String reference = message.at("/payload/$ref").asText();
            for (JsonNode example : message.get("examples")) {
                JsonNode payload = example.get("payload");
                if (reference.isEmpty()) {
                    assertThat(payload.isTextual()).as(payload.toString()).isTrue();
                    continue;
                }
                assertThat(schema(reference).complaints(payload.toString())).as(payload.toString()).isEmpty();
                assertThatCode(() -> schema(reference).decode(payload.toString())).doesNotThrowAnyException();
            }
        }
    }

    @Test
    void aDeadLetterHasTheHeadersOfTheContractAndItsExampleIsTrue() {
        JsonNode deadLetter = document.at("/components/messages/deadLetter");
        List<String> names = List.of(DeadLetterHeaders.ERROR, DeadLetterHeaders.REASON, DeadLetterHeaders.TOPIC,
                DeadLetterHeaders.PARTITION, DeadLetterHeaders.OFFSET);
        assertThat(deadLetter.at("/headers/properties").propertyStream().map(Map.Entry::getKey))
                .containsExactlyElementsOf(names);
        assertThat(deadLetter.at("/headers/required").valueStream().map(JsonNode::asText))
                .containsExactlyElementsOf(names);
        JsonNode example = deadLetter.at("/examples/0");
        assertThatCode(() -> PublishedSchema.PROMPT.decode(example.get("payload").asText()))
                .isInstanceOf(InvalidPromptException.class)
                .hasMessage(example.at("/headers/" + DeadLetterHeaders.REASON).asText());
    }

    private static PublishedSchema schema(String reference) {
        assertThat(reference).startsWith("./").endsWith(SCHEMA_SUFFIX);
        return PublishedSchema.ofLabel(reference.substring(2, reference.length() - SCHEMA_SUFFIX.length()));
    }
}
