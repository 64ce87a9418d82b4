package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The schemas and the codecs say the same. What a schema cannot say is in {@link PromptCodec}'s description and tested
 * in {@link HostilePromptTest}; beyond that, a schema's pattern and Java differ in what they call blank outside of ASCII.
 */
class SchemaAgreementTest {
    private static final int RANDOM_PROMPTS = 20_000;
    private static final int RANDOM_OTHERS = 4_000;

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<String> ODD = List.of("null", "true", "\"\"", "\"a\"", "0", "-1", "1.0", "1.5",
            "2147483648", "[]", "{}", "12345678901234567890");

    private final long seed = System.nanoTime();

    private void assertSameVerdict(PublishedSchema schema, String json) {
        assertThat(schema.codecAccepts(json))
                .as("seed %d: %s codec against its schema's %s for %s", seed, schema.label(), schema.complaints(json),
                        json)
                .isEqualTo(schema.accepts(json));
    }

    @Test
    void aPromptIsRightToTheCodecIfAndOnlyIfItIsToTheSchema() throws Exception {
        RandomPrompts prompts = new RandomPrompts(seed);
        int accepted = 0;
        for (int i = 0; i < RANDOM_PROMPTS; i++) {
            String json = prompts.next().toString();
            assertSameVerdict(PublishedSchema.PROMPT, json);
            accepted += PublishedSchema.PROMPT.accepts(json) ? 1 : 0;
        }
        // Else the prompts are too right or too wrong to show anything.
        assertThat(accepted).isBetween(RANDOM_PROMPTS / 10, RANDOM_PROMPTS * 9 / 10);
    }

    @Test
    void aPromptWithoutMistakesIsAccepted() throws Exception {
        RandomPrompts prompts = new RandomPrompts(seed);
        for (int i = 0; i < RANDOM_OTHERS; i++) {
            String json = prompts.right().toString();
            assertThat(PublishedSchema.PROMPT.complaints(json)).as("seed %d: %s", seed, json).isEmpty();
            PublishedSchema.PROMPT.decode(json);
        }
    }

    @Test
    void aPromptsFrameIsRightIfAndOnlyIfItIsToTheSchema() throws Exception {
        RandomPrompts prompts = new RandomPrompts(seed);
        for (int i = 0; i < RANDOM_OTHERS; i++) {
            ObjectNode frame = prompts.next();
            assertSameVerdict(PublishedSchema.CLIENT_FRAME, frame.put("type", "prompt").toString());
        }
    }

    @Test
    void everyOtherDocumentIsRightIfAndOnlyIfItIsToItsSchema() throws Exception {
        Random random = new Random(seed);
        for (PublishedSchema schema : PublishedSchema.values()) {
            for (JsonNode example : schema.document().get("examples")) {
                for (int i = 0; i < RANDOM_OTHERS / 10; i++) {
                    ObjectNode changed = example.deepCopy();
                    change(changed, random);
                    assertSameVerdict(schema, changed.toString());
                }
            }
        }
    }

    /** One field, at whatever depth, gets another value, goes, or is new. */
    private static void change(ObjectNode object, Random random) throws Exception {
        List<String> names = object.propertyStream().map(Map.Entry::getKey).toList();
        String name = names.get(random.nextInt(names.size()));
        if (object.get(name) instanceof ObjectNode inner && !inner.isEmpty() && random.nextBoolean()) {
            change(inner, random);
            return;
        }
        JsonNode odd = MAPPER.readTree(ODD.get(random.nextInt(ODD.size())));
        switch (random.nextInt(4)) {
            case 0 -> object.remove(name);
            case 1 -> object.set("colour", odd);
            default -> object.set(name, odd);
        }
    }
}
