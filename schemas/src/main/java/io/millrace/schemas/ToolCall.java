package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

/**
 * A call of a function that a model asked for.
 *
 * @param id what the function's result refers to
 * @param name of the function
 * @param arguments as the model wrote them: a JSON object, unless the answer was cut short
 */
public record ToolCall(String id, String name, String arguments) {
    public ToolCall {
        requireNonNull(id, "id");
        requireNonNull(name, "name");
        requireNonNull(arguments, "arguments");
    }
}
