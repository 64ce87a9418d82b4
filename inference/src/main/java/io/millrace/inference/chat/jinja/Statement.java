package io.millrace.inference.chat.jinja;

import java.util.List;

/** What a template does. */
sealed interface Statement {
    int at();

    record Text(String text, int at) implements Statement {}

    record Output(Expression value, int at) implements Statement {}

    record If(Expression condition, List<Statement> then, List<Statement> otherwise, int at) implements Statement {}

    /** {@code for names in items if condition}; {@code condition} may be null. */
    record For(List<String> names, Expression items, Expression condition, List<Statement> body,
            List<Statement> otherwise, int at) implements Statement {}

    record Assign(List<String> names, Expression value, int at) implements Statement {}

    /** {@code set namespace.attribute = value}. */
    record AssignAttribute(String namespace, String attribute, Expression value, int at) implements Statement {}

    /** {@code set name} ... {@code endset}. */
    record AssignBlock(String name, List<Statement> body, int at) implements Statement {}

    record Macro(String name, List<Parameter> parameters, List<Statement> body, int at) implements Statement {}

    record Break(int at) implements Statement {}

    record Continue(int at) implements Statement {}

    /** A macro's parameter; {@code otherwise} is null if it has no default. */
    record Parameter(String name, Expression otherwise) {}
}
