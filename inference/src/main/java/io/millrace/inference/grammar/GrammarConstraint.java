package io.millrace.inference.grammar;

import io.millrace.inference.grammar.GrammarStates.State;
import io.millrace.inference.sample.TokenConstraint;
import io.millrace.inference.tokenizer.Tokenizer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps one generation within a grammar. Not thread-safe. */
public final class GrammarConstraint implements TokenConstraint {
    /** Texts come back to few states, such as the inside of a string. */
    private static final int MOST_MASKS = 64;

    private final GrammarStates states;
    private final Tokenizer tokenizer;
    private final VocabularyBytes vocabulary;
    private final State[] path;
    private final Map<State, long[]> masks = new LinkedHashMap<>(MOST_MASKS, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<State, long[]> eldest) {
            return size() > MOST_MASKS;
        }
    };
    private State state;
    private long[] mask;

    /**
     * Begins a text.
     *
     * @param vocabulary of {@code tokenizer}
     */
    public GrammarConstraint(Grammar grammar, Tokenizer tokenizer, VocabularyBytes vocabulary) {
        this.tokenizer = tokenizer;
        this.vocabulary = vocabulary;
        states = new GrammarStates(grammar);
        path = new State[vocabulary.longest() + 1];
        state = states.first();
    }

    @Override
    public boolean allows(int token) {
        if (mask == null) {
            mask = masks.computeIfAbsent(state, this::mask);
        }
        return (mask[token / Long.SIZE] & 1L << token) != 0;
    }

    @Override
    public void accept(int token) {
        for (byte b : tokenizer.bytes(token)) {
            state = states.next(state, b & 0xff);
        }
        State compacted = states.compacted(state);
        if (compacted != state) {
            masks.clear();
            state = compacted;
        }
        mask = null;
    }

    @Override
    public boolean isComplete() {
        return state.isFinal();
    }

    private long[] mask(State from) {
        var allowed = new long[(vocabulary.size() + Long.SIZE - 1) / Long.SIZE];
        if (from.isAccepting()) {
            for (int token : vocabulary.endsOfGeneration()) {
                allowed[token / Long.SIZE] |= 1L << token;
            }
        }
        path[0] = from;
        int failed = Integer.MAX_VALUE;
        for (int i = 0; i < vocabulary.count(); i++) {
            int depth = vocabulary.shared(i);
            // the byte that failed is in this token too
            if (depth > failed) {
                continue;
            }
            failed = Integer.MAX_VALUE;
            byte[] bytes = vocabulary.bytes(i);
            while (depth < bytes.length && failed == Integer.MAX_VALUE) {
                State next = states.next(path[depth], bytes[depth] & 0xff);
                if (next.isDead()) {
                    failed = depth;
                } else {
                    path[++depth] = next;
                }
            }
            if (failed == Integer.MAX_VALUE) {
                int token = vocabulary.token(i);
                allowed[token / Long.SIZE] |= 1L << token;
            }
        }
        return allowed;
    }
}
