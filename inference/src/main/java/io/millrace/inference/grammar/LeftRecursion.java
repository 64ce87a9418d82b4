package io.millrace.inference.grammar;

import io.millrace.inference.grammar.GrammarCompiler.Element;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Finds rules that begin with themselves, whose stacks would grow without end before a byte is read. Where a rule comes to itself at the end of
 * its options only, as {@code x*} does for an {@code x} that may be nothing, stacks do not grow.
 */
final class LeftRecursion {
    private final List<int[][]> rules;
    private final boolean[] nullable;
    private final int[] order;
    private final int[] lowest;
    private final int[] component;
    private final ArrayDeque<Integer> open = new ArrayDeque<>();
    private int visited;

    private LeftRecursion(List<int[][]> rules) {
        this.rules = rules;
        nullable = GrammarCompiler.nullable(rules);
        order = new int[rules.size()];
        lowest = new int[rules.size()];
        component = new int[rules.size()];
    }

    /**
     * Looks through all rules.
     *
     * @param names of rules, null for those without
     * @throws GrammarException if one is left-recursive
     */
    static void refuse(List<int[][]> rules, IntFunction<String> names) {
        var search = new LeftRecursion(rules);
        for (int rule = 0; rule < rules.size(); rule++) {
            if (search.order[rule] == 0) {
                search.visit(rule);
            }
        }
        for (int rule = 0; rule < rules.size(); rule++) {
            for (int[] option : rules.get(rule)) {
                int leading = Math.min(search.leading(option), option.length - 1);
                for (int i = 0; i < leading; i++) {
                    int next = Element.ruleOf(option[i]);
                    if (search.component[rule] == search.component[next]) {
                        String name = names.apply(next) == null ? names.apply(rule) : names.apply(next);
                        throw new GrammarException("the grammar is left-recursive: " + (name == null
                                ? "a group"
                                : "the rule '" + name + "'") + " can begin with itself; let it end with itself");
                    }
                }
            }
        }
    }

    /** How many rules an option can begin with. */
    private int leading(int... option) {
        int count = 0;
        while (count < option.length && Element.isRule(option[count])) {
            count++;
            if (!nullable[Element.ruleOf(option[count - 1])]) {
                break;
            }
        }
        return count;
    }

    /** A place in a rule, of which the elements before it were followed. */
    private static final class Visit {
        private final int rule;
        private int option = -1;
        private int element;
        private int leading;

        Visit(int rule) {
            this.rule = rule;
        }
    }

    /** Tarjan's strongly connected components (1972), with a stack of its own as chains of rules may be long. */
    private void visit(int root) {
        var stack = new ArrayDeque<Visit>();
        enter(root, stack);
        while (!stack.isEmpty()) {
            Visit visit = stack.peek();
            int next = next(visit);
            if (next < 0) {
                stack.pop();
                leave(visit.rule);
                if (!stack.isEmpty()) {
                    lowest[stack.peek().rule] = Math.min(lowest[stack.peek().rule], lowest[visit.rule]);
                }
            } else if (order[next] == 0) {
                enter(next, stack);
            } else if (component[next] == 0) {
                lowest[visit.rule] = Math.min(lowest[visit.rule], order[next]);
            }
        }
    }

    private void enter(int rule, ArrayDeque<Visit> stack) {
        order[rule] = ++visited;
        lowest[rule] = visited;
        open.push(rule);
        stack.push(new Visit(rule));
    }

    private void leave(int rule) {
        if (lowest[rule] == order[rule]) {
            int member;
            do {
                member = open.pop();
                component[member] = rule + 1;
            } while (member != rule);
        }
    }

    private int next(Visit visit) {
        int[][] options = rules.get(visit.rule);
        while (visit.element == visit.leading && visit.option < options.length - 1) {
            visit.option++;
            visit.element = 0;
            visit.leading = leading(options[visit.option]);
        }
        return visit.element < visit.leading ? Element.ruleOf(options[visit.option][visit.element++]) : -1;
    }
}
