package io.millrace.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The JSON Schemas as users get them: resources, judged by a validator that is not ours. */
enum PublishedSchema {
    PROMPT("prompt"),
    TOKEN_EVENT("token-event"),
    COMPLETION("completion"),
    CONTROL("control"),
    CLIENT_FRAME("client-frame"),
    SERVER_FRAME("server-frame"),
    WORKER_REPORT("worker-report");

    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** Keeps what it has read. */
    private static final SchemaRegistry REGISTRY = SchemaRegistry
            .withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private final String label;

    PublishedSchema(String label) {
        this.label = label;
    }

    static PublishedSchema ofLabel(String label) {
        return List.of(values()).stream().filter(schema -> schema.label.equals(label)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no schema is called " + label));
    }

    static String resource(String name) {
        try (InputStream in = PublishedSchema.class.getResourceAsStream("/schemas/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource schemas/" + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String label() {
        return label;
    }

    /** What the schema says against {@code json}; nothing if it is valid. */
    List<String> complaints(String json) {
        Schema schema = REGISTRY.getSchema(SchemaLocation.of("classpath:schemas/" + label + ".schema.json"));
        return schema.validate(json, InputFormat.JSON).stream().map(Object::toString).toList();
    }

    boolean accepts(String json) {
        return complaints(json).isEmpty();
    }

    JsonNode document() throws JsonProcessingException {
        return MAPPER.readTree(resource(label + ".schema.json"));
    }

    /** Reads with the codec this schema describes; throws what that throws. */
    Object decode(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return switch (this) {
            case PROMPT -> new PromptCodec().decode(bytes);
            case TOKEN_EVENT -> new TokenEventCodec().decode(bytes);
            case COMPLETION -> new CompletionCodec().decode(bytes);
            case CONTROL -> new ControlCodec().decode(bytes);
            case WORKER_REPORT -> new WorkerReportCodec().decode(bytes);
            case CLIENT_FRAME -> new FrameCodec().decodeClient(json);
            case SERVER_FRAME -> new FrameCodec().decodeServer(json);
        };
    }

    /** Whether the codec takes {@code json}; any failure but a refusal goes through to the test. */
    boolean codecAccepts(String json) {
        try {
            decode(json);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
