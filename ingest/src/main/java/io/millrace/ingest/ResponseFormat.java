package io.millrace.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.inference.grammar.Grammar;
import io.millrace.inference.grammar.GrammarException;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Prompt;
import java.util.Optional;

/** What a prompt wants its answer to look like: by {@code grammar}, or by OpenAI's {@code response_format}. */
final class ResponseFormat {
    private static final String ANY_OBJECT = "{}";

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
        try {
            if (prompt.grammar() != null) {
                return Optional.of(Grammar.parse(prompt.grammar()));
            }
            return schema(format).map(Grammar::ofJsonSchema);
        } catch (GrammarException e) {
            throw new InvalidPromptException(e.getMessage());
        }
    }

    private static Optional<String> schema(JsonNode format) {
        if (format == null) {
            return Optional.empty();
        }
        return switch (format.path("type").asText()) {
            case "text" -> Optional.empty();
            case "json_object" -> Optional.of(format.has("schema") ? format.get("schema").toString() : ANY_OBJECT);
            case "json_schema" -> Optional.of(requireSchema(format.path("json_schema").path("schema")));
            default -> throw new InvalidPromptException("response_format.type must be text, json_object or json_schema,"
                    + " not " + format.path("type"));
        };
    }

    private static String requireSchema(JsonNode schema) {
        if (schema.isMissingNode()) {
            throw new InvalidPromptException("response_format of type json_schema needs json_schema.schema");
        }
        return schema.toString();
    }
}
