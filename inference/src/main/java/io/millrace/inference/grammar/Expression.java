package io.millrace.inference.grammar;

import java.util.List;

/** What a stretch of text must look like. */
sealed interface Expression {
    Expression NOTHING = new Sequence(List.of());

    /** Exactly this text. */
    record Literal(String text) implements Expression {}

    /** One character of a set. */
    record OneOf(CodePoints characters) implements Expression {}

    /** What the rule of this name says. */
    record Rule(String name) implements Expression {}

    /** One after the other. */
    record Sequence(List<Expression> parts) implements Expression {
        public Sequence {
            parts = List.copyOf(parts);
        }
    }

    /** Any one of them. */
    record Choice(List<Expression> options) implements Expression {
        public Choice {
            options = List.copyOf(options);
        }
    }

    /**
     * Several times the same.
     *
     * @param most {@link #UNLIMITED} for no limit
     */
    record Repeat(Expression part, int least, int most) implements Expression {
        static final int UNLIMITED = -1;
    }

    static Expression text(String text) {
        return new Literal(text);
    }

    static Expression oneOf(String characters) {
        return new OneOf(CodePoints.of(characters));
    }

    static Expression range(int first, int last) {
        return new OneOf(CodePoints.range(first, last));
    }

    static Expression sequence(Expression... parts) {
        return parts.length == 1 ? parts[0] : new Sequence(List.of(parts));
    }

    static Expression choice(List<Expression> options) {
        return options.size() == 1 ? options.getFirst() : new Choice(options);
    }

    static Expression choice(Expression... options) {
        return choice(List.of(options));
    }

    static Expression optional(Expression part) {
        return new Repeat(part, 0, 1);
    }

    static Expression anyNumber(Expression part) {
        return new Repeat(part, 0, Repeat.UNLIMITED);
    }

    static Expression between(int least, int most, Expression part) {
        return new Repeat(part, least, most);
    }
}
