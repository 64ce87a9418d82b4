package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What people copy from schemas and documentation works. */
class ExamplesTest {
    private static void assertWorks(PublishedSchema schema, String json, String where) {
        assertThat(schema.complaints(json)).as(where).isEmpty();
        assertThatCode(() -> schema.decode(json)).as(where).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource
    void theExamplesOfASchemaKeepIt(PublishedSchema schema) throws Exception {
        JsonNode examples = schema.document().get("examples");
        assertThat(examples).isNotEmpty();
        for (JsonNode example : examples) {
            assertWorks(schema, example.toString(), schema.label() + ": " + example);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSchemaHasATitleAndDescribesEveryField(PublishedSchema schema) throws Exception {
        JsonNode document = schema.document();
        assertThat(document.path("title").asText()).isNotBlank();
        assertThat(document.path("description").asText()).isNotBlank();
        for (JsonNode properties : document.findValues("properties")) {
            properties.properties().forEach(property -> {
                JsonNode field = property.getValue();
                boolean described = field.has("description") || field.has("$ref") || field.has("const")
                        || field.path("type").asText().equals("null");
                assertThat(described).as("%s: %s has a description", schema.label(), property.getKey()).isTrue();
            });
        }
    }

    @Test
    void theExamplesOfTheDocumentationKeepTheSchemaTheyName() throws Exception {
        List<FencedExamples> examples = FencedExamples.below(repository());
        Assumptions.assumeFalse(examples.isEmpty(), "no example is marked in README.md or docs");
        for (FencedExamples example : examples) {
            for (String document : example.documents()) {
                assertWorks(PublishedSchema.ofLabel(example.label()), document,
                        example.file() + ", line " + example.line());
            }
        }
    }

    @Test
    void markedExamplesAreFoundAndOthersAreLeftAlone() {
        List<FencedExamples> examples = FencedExamples.in(Path.of("README.md"), """
                ```json
                {"any": 1}
                ```
                  ```json prompt
                  {"prompt": "a"}
                  {"prompt": "b"}
                  ```
                ```json control
                {
                  "type": "cancel"
                }
                ```
                """.lines().toList());
        assertThat(examples).extracting(FencedExamples::label).containsExactly("prompt", "control");
        assertThat(examples).extracting(FencedExamples::line).containsExactly(4, 8);
        assertThat(examples).extracting(example -> example.documents().size()).containsExactly(2, 1);
    }

    /** The nearest folder above that holds the build's own settings. */
    private static Path repository() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve(".mvn"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
