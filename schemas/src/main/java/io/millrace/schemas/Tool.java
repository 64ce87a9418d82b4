package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/**
 * A function that a model may call.
 *
 * @param name letters, digits, {@code _}, {@code .} and {@code -}, at most 64
 * @param description what it is for; null if not given
 * @param parameters a JSON Schema of an object; null for a function without any
 * @param isStrict whether calls must keep the schema even where the model need not call
 */
public record Tool(String name, String description, JsonNode parameters, boolean isStrict) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    public Tool {
        requireNonNull(name, "name");
        if (!NAME.matcher(name).matches()) {
            throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, "tools",
                    "a tool's name must be 1 to 64 letters, digits, _, . and -, not " + Excerpt.quoted(name));
        }
    }
}
