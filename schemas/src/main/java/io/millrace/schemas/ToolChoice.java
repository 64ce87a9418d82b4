package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

/** Whether a model calls tools. */
public sealed interface ToolChoice {
    /** As the model likes. */
    record Auto() implements ToolChoice {}

    /** It does not, and is told of none. */
    record None() implements ToolChoice {}

    /** It must, whichever it likes. */
    record Required() implements ToolChoice {}

    /** It must call this one. */
    record Function(String name) implements ToolChoice {
        public Function {
            requireNonNull(name, "name");
        }
    }
}
