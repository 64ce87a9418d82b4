package io.millrace.inference.model;

import io.millrace.inference.cache.SequenceCache;
import java.util.Arrays;

/**
 * The tokens of one step, of any mix of sequences. Tokens of one sequence stand in order of position, and all earlier positions of it were computed
 * in this or an earlier step. Reused from step to step; confined to the step thread.
 */
public final class Batch {
    /** The most of {@link #wantCandidates}. */
    public static final int MOST_CANDIDATES = 256;

    private static final int[] ALL = {};

    final int[] tokens;
    final int[] positions;
    final SequenceCache[] caches;
    /** Batch indexes of the tokens whose logits are wanted. */
    final int[] outputs;
    /** Of each output, how many of its greatest logits are enough; 0 if all are wanted. */
    final int[] candidates;
    /** Of each output, the tokens whose logits there are; empty if there are all. */
    final int[][] chosen;
    /** Batch indexes of the tokens whose hidden states are wanted. */
    final int[] hidden;
    private int size;
    private int outputCount;
    private int hiddenCount;

    public Batch(int maxTokens) {
        tokens = new int[maxTokens];
        positions = new int[maxTokens];
        caches = new SequenceCache[maxTokens];
        outputs = new int[maxTokens];
        candidates = new int[maxTokens];
        chosen = new int[maxTokens][];
        hidden = new int[maxTokens];
    }

    public void clear() {
        Arrays.fill(caches, 0, size, null);
        size = 0;
        outputCount = 0;
        hiddenCount = 0;
    }

    /** Adds a token; the cache must have room for its position. */
    public void add(int token, int position, SequenceCache cache) {
        tokens[size] = token;
        positions[size] = position;
        caches[size] = cache;
        size++;
    }

    /** Asks for the logits after the token added last; returns their row in {@link LlamaForward#logits}. */
    public int wantLogits() {
        return wantCandidates(0);
    }

    /**
     * As {@link #wantLogits}, but so many of the greatest are enough: {@link #chosen} then tells which are there.
     *
     * @param count up to {@link #MOST_CANDIDATES}; 0, or more than that, for all of them
     */
    public int wantCandidates(int count) {
        outputs[outputCount] = size - 1;
        candidates[outputCount] = count > MOST_CANDIDATES ? 0 : count;
        chosen[outputCount] = ALL;
        return outputCount++;
    }

    /** Asks for the hidden state of the token added last; returns its row in {@link LlamaForward#hidden}. */
    public int wantHidden() {
        hidden[hiddenCount] = size - 1;
        return hiddenCount++;
    }

    public int size() {
        return size;
    }

    /** The tokens whose logits an output has after the pass; empty if it has all. */
    public int[] chosen(int output) {
        return chosen[output];
    }

    public int outputCount() {
        return outputCount;
    }

    public int hiddenCount() {
        return hiddenCount;
    }
}
