package io.millrace.schemas;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.Optional;

/**
 * The id in a value that is refused, so that whoever waits for it hears why. It is looked for where the value is still good JSON, and in one pass that keeps
 * nothing: a value may have been refused for its size.
 */
final class GivenId {
    private static final String FIELD = "id";

    private static final JsonFactory FACTORY = JsonFactory.builder()
            // names are not kept, as hostile values have many
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(Json.MAX_NESTING)
                    .maxNameLength(Json.MAX_NAME_CHARACTERS).maxNumberLength(Json.MAX_NUMBER_CHARACTERS)
                    // of strings that are read, which is the id alone: a character may take two
                    .maxStringLength(2 * Prompt.MAX_ID_CHARACTERS).build())
            .build();

    private GivenId() {}

    /** The id, if the value is an object that has one before it stops being JSON, and if it may be one. */
    static Optional<String> in(byte[] value) {
        try (JsonParser parser = FACTORY.createParser(value)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = parser.currentName().equals(FIELD);
                JsonToken token = parser.nextToken();
                if (found) {
                    return token == JsonToken.VALUE_STRING ? usable(parser.getText()) : Optional.empty();
                }
                parser.skipChildren();
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> usable(String id) {
        try {
            RequestId.check(id);
            Interchange.check(id);
            return Optional.of(id);
        } catch (InvalidPromptException e) {
            return Optional.empty();
        }
    }
}
