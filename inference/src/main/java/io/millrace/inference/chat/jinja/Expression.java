package io.millrace.inference.chat.jinja;

import java.util.List;
import java.util.Map;

/** What a template computes. Each node knows where it stands in the template. */
sealed interface Expression {
    int at();

    record Literal(Object value, int at) implements Expression {}

    record Name(String name, int at) implements Expression {}

    record Sequence(List<Expression> items, boolean tuple, int at) implements Expression {}

    record Mapping(List<Expression> keys, List<Expression> values, int at) implements Expression {}

    record Attribute(Expression target, String name, int at) implements Expression {}

    record Subscript(Expression target, Expression index, int at) implements Expression {}

    /** {@code target[from:to:step]}; absent parts are null. */
    record Slice(Expression target, Expression from, Expression to, Expression step, int at) implements Expression {}

    record Call(Expression function, Passed passed, int at) implements Expression {}

    record Filter(Expression value, String name, Passed passed, int at) implements Expression {}

    record Test(Expression value, String name, Passed passed, int at) implements Expression {}

    /** {@code +}, {@code -} or {@code not}. */
    record Unary(String operator, Expression operand, int at) implements Expression {}

    record Binary(String operator, Expression left, Expression right, int at) implements Expression {}

    /** {@code then if condition else otherwise}; {@code otherwise} may be null. */
    record Conditional(Expression condition, Expression then, Expression otherwise, int at) implements Expression {}

    /** The arguments at a call, before they are evaluated. */
    record Passed(List<Expression> positional, Map<String, Expression> named) {
        static final Passed NOTHING = new Passed(List.of(), Map.of());
    }
}
