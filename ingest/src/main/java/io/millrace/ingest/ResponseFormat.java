package io.millrace.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.inference.grammar.Grammar;
import io.millrace.inference.grammar.GrammarException;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Prompt;
import java.util.List;
import java.util.Optional;

/** What a prompt wants its answer to look like: by {@code grammar}, by OpenAI's {@code response_format}, or by its tools. */
final class ResponseFormat {
    private static final String ANY_OBJECT = "{}";
    private static final String FIELD = "response_format";
    private static final String JSON_SCHEMA = "json_schema";
    private static final String SCHEMA = "schema";

    private ResponseFormat() {}

    /**
     * The grammar to keep; empty for any text.
     *
     * @throws InvalidPromptException if it cannot be kept
     */
    static Optional<Grammar> grammar(Prompt prompt) {
        JsonNode format = prompt.responseFormat();
        if (prompt.grammar() != null && format != null) {
            throw new InvalidPromptException("give either grammar or response_format, not both");
        }
        if (prompt.grammar() != null && prompt.tools().isOffered()) {
            throw new InvalidPromptException("give either grammar or tools, not both");
        }
        try {
            if (prompt.grammar() != null) {
                return Optional.of(Grammar.parse(prompt.grammar()));
            }
            Optional<String> schema = schema(format);
            return prompt.tools().isOffered()
                    ? ToolCalls.grammar(prompt.tools(), schema)
                    : schema.map(Grammar::ofJsonSchema);
        } catch (GrammarException e) {
            throw new InvalidPromptException(e.getMessage());
        }
    }

    private static Optional<String> schema(JsonNode format) {
        if (format == null) {
            return Optional.empty();
        }
        return switch (format.path("type").asText()) {
            case "text" -> {
                allowOnly(format, FIELD, "type");
                yield Optional.empty();
            }
            case "json_object" -> {
                allowOnly(format, FIELD, "type", SCHEMA);
                yield Optional.of(format.hasNonNull(SCHEMA) ? format.get(SCHEMA).toString() : ANY_OBJECT);
            }
            case JSON_SCHEMA -> Optional.of(jsonSchema(format).toString());
            default -> throw new InvalidPromptException("response_format.type must be text, json_object or json_schema,"
                    + " not " + format.path("type"));
        };
    }

    /** Where OpenAI has it, or llama.cpp. */
    private static JsonNode jsonSchema(JsonNode format) {
        allowOnly(format, FIELD, "type", JSON_SCHEMA, SCHEMA);
        JsonNode described = format.path(JSON_SCHEMA);
        allowOnly(described, FIELD + "." + JSON_SCHEMA, "name", "description", "strict", SCHEMA);
        JsonNode schema = described.hasNonNull(SCHEMA) ? described.get(SCHEMA) : format.path(SCHEMA);
        if (schema.isMissingNode() || schema.isNull()) {
            throw new InvalidPromptException("response_format of type json_schema needs json_schema.schema");
        }
        if (described.hasNonNull(SCHEMA) && format.hasNonNull(SCHEMA)) {
            throw new InvalidPromptException("give either response_format.schema or response_format.json_schema.schema,"
                    + " not both");
        }
        return schema;
    }

    /** A name that is written wrong would let any text pass. */
    private static void allowOnly(JsonNode object, String place, String... names) {
        var known = List.of(names);
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw new InvalidPromptException(place + " has no field '" + name + "'; it may have "
                        + String.join(", ", known));
            }
        });
    }
}
