package io.millrace.inference.model;

import io.millrace.inference.cache.SequenceCache;
import java.util.Arrays;

/**
 * The tokens of one step, of any mix of sequences. Tokens of one sequence stand in order of position, and all earlier positions of it were computed
 * in this or an earlier step. Reused from step to step; confined to the step thread.
 */
public final class Batch {
    final int[] tokens;
    final int[] positions;
    final SequenceCache[] caches;
    /** Batch indexes of the tokens whose logits are wanted. */
    final int[] outputs;
    private int size;
    private int outputCount;

    public Batch(int maxTokens) {
        tokens = new int[maxTokens];
        positions = new int[maxTokens];
        caches = new SequenceCache[maxTokens];
        outputs = new int[maxTokens];
    }

    public void clear() {
        Arrays.fill(caches, 0, size, null);
        size = 0;
        outputCount = 0;
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
        outputs[outputCount] = size - 1;
        return outputCount++;
    }

    public int size() {
        return size;
    }

    public int outputCount() {
        return outputCount;
    }
}
