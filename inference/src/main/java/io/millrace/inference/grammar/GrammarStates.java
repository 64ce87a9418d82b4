package io.millrace.inference.grammar;

import io.millrace.inference.grammar.GrammarCompiler.Element;
import java.nio.IntBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The states a text can be in, found as they are asked for. A state is a set of stacks, one for each way to read the text so far: on top the
 * bytes that may come next, below it where each open rule goes on. Equal stacks and equal states are one object. For one thread.
 */
final class GrammarStates {
    /** Beyond it, all but the current state is forgotten: grammars that count have a new state with every byte. */
    private static final int MOST_STATES = 4096;
    private static final int MOST_STACKS_OF_A_STATE = 10_000;
    private static final int BYTES = 256;

    /** A place in the grammar, and the stack under it, null at the bottom. */
    private record Stack(int id, int position, Stack below) {}

    /** A place to look at: null behind the last. */
    private record Step(int position, Stack below) {}

    /** What may come next, after some text. */
    static final class State {
        private final List<Stack> stacks;
        private final boolean isAccepting;
        private State[] next;

        private State(List<Stack> stacks, boolean isAccepting) {
            this.stacks = stacks;
            this.isAccepting = isAccepting;
        }

        /** Whether the text may end here. */
        boolean isAccepting() {
            return isAccepting;
        }

        /** Whether the text cannot go on. */
        boolean isFinal() {
            return stacks.isEmpty();
        }

        /** Whether no text of the grammar begins so. */
        boolean isDead() {
            return isFinal() && !isAccepting;
        }
    }

    private final Grammar grammar;
    private final State first;
    private Map<Long, Stack> stacks = new HashMap<>();
    private Map<IntBuffer, State> states = new HashMap<>();
    private int nextId = 1;

    GrammarStates(Grammar grammar) {
        this.grammar = grammar;
        var closure = new Closure();
        closure.enter(grammar.root(), null);
        first = closure.state();
    }

    State first() {
        return first;
    }

    /**
     * The state after one more byte.
     *
     * @throws GrammarException if the text can be read in too many ways
     */
    State next(State state, int value) {
        if (state.next == null) {
            state.next = new State[BYTES];
        }
        State next = state.next[value];
        if (next == null) {
            var closure = new Closure();
            for (Stack stack : state.stacks) {
                if (Element.matches(grammar.element(stack.position()), value)) {
                    closure.look(stack.position() + 1, stack.below());
                }
            }
            next = closure.state();
            state.next[value] = next;
        }
        return next;
    }

    /** The same state, and only it, where others take too much memory. */
    State compacted(State state) {
        if (states.size() < MOST_STATES) {
            return state;
        }
        stacks = new HashMap<>();
        states = new HashMap<>();
        var closure = new Closure();
        state.stacks.forEach(stack -> closure.look(stack.position(), copied(stack.below())));
        closure.isAccepting = state.isAccepting;
        return closure.state();
    }

    private Stack copied(Stack stack) {
        var places = new ArrayDeque<Integer>();
        for (Stack each = stack; each != null; each = each.below()) {
            places.push(each.position());
        }
        Stack copy = null;
        for (int position : places) {
            copy = stack(position, copy);
        }
        return copy;
    }

    private Stack stack(int position, Stack below) {
        return stacks.computeIfAbsent(key(position, below), _ -> new Stack(nextId++, position, below));
    }

    private static long key(int position, Stack below) {
        return (long) position << Integer.SIZE | (below == null ? 0 : below.id());
    }

    /** Follows rules until bytes are on top of every stack. */
    private final class Closure {
        private final ArrayDeque<Step> open = new ArrayDeque<>();
        private final Set<Long> seen = new HashSet<>();
        private final List<Stack> tops = new ArrayList<>();
        private boolean isAccepting;

        void enter(int rule, Stack below) {
            for (int option : grammar.options(rule)) {
                look(option, below);
            }
        }

        void look(int position, Stack below) {
            if (seen.add(key(position, below))) {
                open.push(new Step(position, below));
            }
        }

        State state() {
            while (!open.isEmpty()) {
                follow(open.pop());
            }
            if (tops.size() > MOST_STACKS_OF_A_STATE) {
                throw new GrammarException("the grammar is too ambiguous: the text so far can be read in more than "
                        + MOST_STACKS_OF_A_STATE + " ways");
            }
            int[] ids = tops.stream().mapToInt(Stack::id).sorted().toArray();
            // negated where the text may end, as that is part of what a state is
            IntBuffer key = IntBuffer.wrap(ids.length == 0
                    ? new int[]{isAccepting ? -1 : 0}
                    : ids);
            if (isAccepting && ids.length > 0) {
                ids[0] = -ids[0];
            }
            return states.computeIfAbsent(key, _ -> new State(List.copyOf(tops), isAccepting));
        }

        private void follow(Step step) {
            int element = grammar.element(step.position());
            Stack below = step.below();
            if (element == Grammar.END) {
                if (below == null) {
                    isAccepting = true;
                } else {
                    look(below.position(), below.below());
                }
            } else if (Element.isRule(element)) {
                int after = step.position() + 1;
                // nothing to come back to: a list of any length needs no deeper stack
                boolean isLast = grammar.element(after) == Grammar.END;
                enter(Element.ruleOf(element), isLast ? below : stack(after, below));
            } else {
                tops.add(stack(step.position(), below));
            }
        }
    }
}
