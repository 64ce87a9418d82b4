package io.millrace.compose.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Holds what is read against a schema in this package's folder of resources. */
final class Schemas {
    private Schemas() {}

    static void requireValid(String schema, JsonNode read) {
        try (var in = Schemas.class.getResourceAsStream(schema)) {
            var text = (ObjectNode) new ObjectMapper().readTree(in);
            // the Compose Specification's names itself and its dialect in ways that validators do not know
            text.remove(List.of("$schema", "$id"));
            var errors = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7).getSchema(text.toString())
                    .validate(read.toString(), InputFormat.JSON);
            assertThat(errors).as(schema).isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
