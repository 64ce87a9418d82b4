package io.millrace.inference;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** What a model predicts to follow the token at one position: a logit for each token of the vocabulary. A view, not a copy. */
public final class PositionLogits {
    private final int position;
    private final float[] logits;
    private final int offset;
    private final int size;

    PositionLogits(int position, float[] logits, int offset, int size) {
        this.position = position;
        this.logits = logits;
        this.offset = offset;
        this.size = size;
    }

    /** From 0. */
    public int position() {
        return position;
    }

    public float logit(int token) {
        return logits[offset + token];
    }

    /** The logarithm of the sum of all exponentials: what a logit is above it, is its token's log probability. */
    public double logSumExp() {
        double max = Double.NEGATIVE_INFINITY;
        for (int token = 0; token < size; token++) {
            max = Math.max(max, logit(token));
        }
        double sum = 0;
        for (int token = 0; token < size; token++) {
            sum += Math.exp(logit(token) - max);
        }
        return max + Math.log(sum);
    }

    /** The most likely tokens, the first first; of equals, the lower one. */
    public List<Integer> top(int count) {
        var order = Comparator.comparingDouble((Integer token) -> logit(token))
                .thenComparing(Comparator.reverseOrder());
        var top = new PriorityQueue<Integer>(order);
        for (int token = 0; token < size; token++) {
            if (top.size() < count || count > 0 && logit(token) > logit(top.peek())) {
                top.add(token);
                if (top.size() > count) {
                    top.remove();
                }
            }
        }
        return top.stream().sorted(order.reversed()).toList();
    }
}
