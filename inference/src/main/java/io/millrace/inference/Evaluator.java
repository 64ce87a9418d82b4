package io.millrace.inference;

import io.millrace.inference.cache.SequenceCache;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/** What a model predicts at each place of a text that is there already, without generating. For one thread. */
public final class Evaluator implements AutoCloseable {
    /** Logits of a large vocabulary take half a megabyte a position. */
    private static final int BATCH_TOKENS = 64;

    private final LanguageModel model;
    private final Computation computation;
    private final int contextLength;

    /**
     * Makes ready.
     *
     * @param options of which context, threads and cache types matter
     * @throws IllegalArgumentException if a cache type does not fit the model's heads
     */
    public Evaluator(LanguageModel model, EngineOptions options) {
        this.model = model;
        contextLength = options.contextLength();
        computation = new Computation(model, options.withMaxSequences(1).withMaxBatchTokens(BATCH_TOKENS),
                BATCH_TOKENS);
    }

    /**
     * Computes a text from its beginning.
     *
     * @param tokens at most as many as the context holds, each in the vocabulary
     * @param wanted the positions whose logits are asked for
     * @param result gets these, in order, one at a time: valid until it returns
     * @throws IllegalArgumentException if there are too many tokens, or one that the vocabulary does not have
     */
    public void run(int[] tokens, IntPredicate wanted, Consumer<PositionLogits> result) {
        check(tokens);
        var cache = new SequenceCache(computation.pool());
        try {
            for (int from = 0; from < tokens.length; from += BATCH_TOKENS) {
                int to = Math.min(from + BATCH_TOKENS, tokens.length);
                computation.batch().clear();
                cache.reserve(to);
                for (int position = from; position < to; position++) {
                    computation.batch().add(tokens[position], position, cache);
                    if (wanted.test(position)) {
                        computation.batch().wantLogits();
                    }
                }
                computation.run();
                int output = 0;
                for (int position = from; position < to; position++) {
                    if (wanted.test(position)) {
                        result.accept(new PositionLogits(position, computation.logits(),
                                computation.offset(output++), model.tokenizer().vocabulary().size()));
                    }
                }
            }
        } finally {
            cache.free();
        }
    }

    private void check(int... tokens) {
        if (tokens.length > contextLength) {
            throw new IllegalArgumentException("there are " + tokens.length + " tokens, and the context holds "
                    + contextLength);
        }
        int vocabulary = model.tokenizer().vocabulary().size();
        for (int token : tokens) {
            if (token < 0 || token >= vocabulary) {
                throw new IllegalArgumentException("there is no token " + token + ": the vocabulary ends at "
                        + (vocabulary - 1));
            }
        }
    }

    @Override
    public void close() {
        computation.close();
    }
}
