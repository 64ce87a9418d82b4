package io.millrace.inference.grammar;

import io.millrace.inference.grammar.Expression.Choice;
import io.millrace.inference.grammar.Expression.Literal;
import io.millrace.inference.grammar.Expression.OneOf;
import io.millrace.inference.grammar.Expression.Repeat;
import io.millrace.inference.grammar.Expression.Rule;
import io.millrace.inference.grammar.Expression.Sequence;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Turns expressions into rules over bytes: a choice of sequences each, whose elements are ranges of bytes and other rules. */
final class GrammarCompiler {
    static final int MOST_REPETITIONS = 100_000;
    private static final int MOST_ELEMENTS = 2_000_000;

    private final Map<String, Expression> named;
    private final Map<String, Integer> indexes = new HashMap<>();
    private final Map<CodePoints, Integer> sets = new HashMap<>();
    /** For each rule its options, null while they are made. */
    private final List<int[][]> rules = new ArrayList<>();
    private long elements;

    private GrammarCompiler(Map<String, Expression> named) {
        this.named = named;
    }

    /**
     * Compiles rules, of which one is {@link Grammar#ROOT}.
     *
     * @throws GrammarException if they are too large or left-recursive
     */
    static Grammar compile(Map<String, Expression> named) {
        var compiler = new GrammarCompiler(named);
        named.keySet().forEach(name -> {
            compiler.indexes.put(name, compiler.rules.size());
            compiler.rules.add(null);
        });
        named.forEach((name, expression) -> compiler.rules.set(compiler.indexes.get(name),
                compiler.options(expression)));
        LeftRecursion.refuse(compiler.rules, rule -> compiler.nameOf(rule));
        return new Grammar(compiler.rules, compiler.indexes.get(Grammar.ROOT));
    }

    /** Rules without a name come of expressions inside a named one. */
    private String nameOf(int rule) {
        return indexes.entrySet().stream().filter(entry -> entry.getValue() == rule).map(Map.Entry::getKey).findFirst()
                .orElse(null);
    }

    private int[][] options(Expression expression) {
        List<Expression> options = expression instanceof Choice choice ? choice.options() : List.of(expression);
        return options.stream().map(this::sequence).toArray(int[][]::new);
    }

    private int[] sequence(Expression expression) {
        IntStream.Builder sequence = IntStream.builder();
        append(expression, sequence);
        int[] elementsOfIt = sequence.build().toArray();
        elements += elementsOfIt.length;
        if (elements > MOST_ELEMENTS) {
            throw new GrammarException("the grammar is too large: more than " + MOST_ELEMENTS + " elements");
        }
        return elementsOfIt;
    }

    private void append(Expression expression, IntStream.Builder sequence) {
        switch (expression) {
            case Literal literal -> {
                for (byte b : literal.text().getBytes(StandardCharsets.UTF_8)) {
                    sequence.add(Element.bytes(b & 0xff, b & 0xff));
                }
            }
            case OneOf oneOf -> sequence.add(set(oneOf.characters()));
            case Rule rule -> sequence.add(Element.rule(indexOf(rule)));
            case Sequence parts -> parts.parts().forEach(part -> append(part, sequence));
            case Choice choice -> sequence.add(Element.rule(add(options(choice))));
            case Repeat repeat -> repeat(repeat, sequence);
        }
    }

    private int indexOf(Rule rule) {
        Integer index = indexes.get(rule.name());
        if (index == null) {
            throw new GrammarException("there is no rule '" + rule.name() + "' among " + named.keySet());
        }
        return index;
    }

    private int add(int[]... options) {
        rules.add(options);
        return rules.size() - 1;
    }

    private int set(CodePoints characters) {
        if (characters.ranges() == 1 && characters.last(0) <= Utf8Ranges.LAST_ASCII) {
            return Element.bytes(characters.first(0), characters.last(0));
        }
        return Element.rule(sets.computeIfAbsent(characters,
                _ -> add(Utf8Ranges.of(characters).toArray(int[][]::new))));
    }

    /**
     * What must be there, element by element; then, for no limit, {@code R = x R | nothing}, else a chain of such rules that grows
     * by one for each that may be there.
     */
    private void repeat(Repeat repeat, IntStream.Builder sequence) {
        if (repeat.least() > MOST_REPETITIONS || repeat.most() > MOST_REPETITIONS) {
            throw new GrammarException("at most " + MOST_REPETITIONS + " repetitions can be counted, not "
                    + Math.max(repeat.least(), repeat.most()));
        }
        int[] once = sequence(repeat.part());
        int part = once.length == 1 ? once[0] : Element.rule(add(new int[][]{once}));
        elements += repeat.least();
        IntStream.range(0, repeat.least()).forEach(_ -> sequence.add(part));
        int[] nothing = {};
        if (repeat.most() == Repeat.UNLIMITED) {
            int again = rules.size();
            sequence.add(Element.rule(add(new int[]{part, Element.rule(again)}, nothing)));
            return;
        }
        int rest = -1;
        for (int i = repeat.least(); i < repeat.most(); i++) {
            rest = add(rest < 0 ? new int[]{part} : new int[]{part, Element.rule(rest)}, nothing);
            elements += 2;
        }
        if (rest >= 0) {
            sequence.add(Element.rule(rest));
        }
    }

    /** What rules are made of, as numbers. */
    static final class Element {
        private static final int RULE = 1 << 30;
        private static final int LAST_SHIFT = 8;

        private Element() {}

        static int bytes(int first, int last) {
            return first | last << LAST_SHIFT;
        }

        static int rule(int index) {
            return RULE | index;
        }

        static boolean isRule(int element) {
            return (element & RULE) != 0;
        }

        static int ruleOf(int element) {
            return element & ~RULE;
        }

        static boolean matches(int element, int value) {
            return (element & 0xff) <= value && value <= element >> LAST_SHIFT;
        }
    }

    /** Whether the rule may match no text at all, for each rule. */
    static boolean[] nullable(List<int[][]> rules) {
        var nullable = new boolean[rules.size()];
        // for each rule, the options that wait for it, as rule and count of what is left
        Map<Integer, List<int[]>> waiting = new HashMap<>();
        var found = new ArrayList<Integer>();
        for (int rule = 0; rule < rules.size(); rule++) {
            for (int[] option : rules.get(rule)) {
                if (Arrays.stream(option).allMatch(Element::isRule)) {
                    int[] left = {rule, option.length};
                    Arrays.stream(option).forEach(element -> waiting
                            .computeIfAbsent(Element.ruleOf(element), _ -> new ArrayList<>()).add(left));
                    if (option.length == 0) {
                        found.add(rule);
                    }
                }
            }
        }
        while (!found.isEmpty()) {
            int rule = found.removeLast();
            if (!nullable[rule]) {
                nullable[rule] = true;
                for (int[] left : waiting.getOrDefault(rule, List.of())) {
                    if (--left[1] == 0) {
                        found.add(left[0]);
                    }
                }
            }
        }
        return nullable;
    }
}
