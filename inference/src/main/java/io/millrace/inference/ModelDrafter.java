package io.millrace.inference;

import io.millrace.inference.cache.SequenceCache;
import io.millrace.inference.cache.TokenSequence;
import io.millrace.inference.draft.Drafter;

/**
 * Guesses what a smaller model finds most likely. One generation's, with keys and values of its own; for the step thread, where the drafters of one engine
 * compute one after the other.
 */
final class ModelDrafter implements Drafter {
    /** Tokens of a step; also how much of a long prompt a step computes before anything is guessed. */
    static final int BATCH_TOKENS = 64;

    private final LanguageModel model;
    private final Computation computation;
    private final SequenceCache cache;
    /** Positions whose keys and values are those of the sequence's tokens. */
    private int computed;
    /** What was computed behind these, in the hope that it would follow. */
    private final int[] hoped;
    private int hopedCount;

    /**
     * Begins with nothing computed.
     *
     * @param computation of the model, with batches of {@link #BATCH_TOKENS}
     * @param mostTokens to guess at a time
     */
    ModelDrafter(LanguageModel model, Computation computation, int mostTokens) {
        this.model = model;
        this.computation = computation;
        cache = new SequenceCache(computation.pool());
        hoped = new int[mostTokens];
    }

    @Override
    public int draft(TokenSequence tokens, int[] draft, int most) {
        settle(tokens);
        // the last guess is not computed
        int hopes = most - 1;
        if (!cache.tryReserve(tokens.size() + hopes)) {
            return 0;
        }
        boolean all = catchUp(tokens);
        cache.publish(tokens, computed);
        if (!all) {
            return 0;
        }
        draft[0] = mostLikely();
        int count = 1;
        while (count < most && !model.tokenizer().vocabulary().isEndOfGeneration(draft[count - 1])) {
            hoped[hopedCount++] = draft[count - 1];
            computation.batch().clear();
            add(draft[count - 1], tokens.size() + count - 1);
            draft[count++] = next();
        }
        return count;
    }

    /** Keeps of what was hoped for that which came true; the last token is always left, for its logits. */
    private void settle(TokenSequence tokens) {
        if (cache.isEmpty()) {
            computed = cache.adopt(tokens);
            hopedCount = 0;
        }
        for (int i = 0; i < hopedCount && computed < tokens.size() - 1 && tokens.get(computed) == hoped[i]; i++) {
            computed++;
        }
        hopedCount = 0;
    }

    /** Computes what is not computed yet, as far as a batch goes; tells whether that was all. */
    private boolean catchUp(TokenSequence tokens) {
        computation.batch().clear();
        for (int end = Math.min(tokens.size(), computed + BATCH_TOKENS); computed < end; computed++) {
            add(tokens.get(computed), computed);
        }
        boolean all = computed == tokens.size();
        if (all) {
            computation.batch().wantLogits();
        }
        computation.run();
        return all;
    }

    private void add(int token, int position) {
        computation.batch().add(token, position, cache);
    }

    private int next() {
        computation.batch().wantLogits();
        computation.run();
        return mostLikely();
    }

    private int mostLikely() {
        float[] logits = computation.logits();
        int best = 0;
        for (int token = 1; token < model.tokenizer().vocabulary().size(); token++) {
            if (logits[token] > logits[best]) {
                best = token;
            }
        }
        return best;
    }

    @Override
    public void close() {
        cache.free();
        computed = 0;
        hopedCount = 0;
    }
}
