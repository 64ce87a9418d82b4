package io.millrace.inference;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * How well a model predicts a text: the exponential of the mean negative log probability of its tokens. Computed as llama.cpp's tool does: the text is cut into chunks
 * of the context, each begins with the beginning-of-sequence token in place of its first, and only the second half of each is scored.
 *
 * @param value 1 at best
 * @param error of the mean, one standard deviation
 * @param scoredTokens how many tokens were scored
 */
public record Perplexity(double value, double error, long scoredTokens) {
    /** How many chunks a text of so many tokens has. */
    public static int chunks(int tokens, int context) {
        return tokens / context;
    }

    /**
     * Measures.
     *
     * @param tokens the text's, with the beginning-of-sequence token first
     * @param context tokens a chunk, 4 or more; the evaluator's at most
     * @param progress told how many chunks are done, after each
     * @throws IllegalArgumentException if the text is shorter than one chunk, or the context too small
     */
    public static Perplexity of(Evaluator evaluator, int[] tokens, int context, IntConsumer progress) {
        if (context < 4) {
            throw new IllegalArgumentException("the context must be 4 or more, not " + context);
        }
        int chunks = chunks(tokens.length, context);
        if (chunks == 0) {
            throw new IllegalArgumentException("the text has " + tokens.length + " tokens, less than one context of "
                    + context + "; give a longer text or a smaller context");
        }
        var sum = new Sum();
        for (int i = 0; i < chunks; i++) {
            int[] chunk = Arrays.copyOfRange(tokens, i * context, (i + 1) * context);
            chunk[0] = tokens[0];
            evaluator.run(chunk, position -> position >= context / 2 && position < context - 1,
                    logits -> sum.add(logits.logSumExp() - logits.logit(chunk[logits.position() + 1])));
            progress.accept(i + 1);
        }
        return sum.perplexity();
    }

    /** Of negative log probabilities. */
    private static final class Sum {
        private double sum;
        private double sumOfSquares;
        private long count;

        void add(double value) {
            sum += value;
            sumOfSquares += value * value;
            count++;
        }

        Perplexity perplexity() {
            double mean = sum / count;
            double variance = Math.max(0, sumOfSquares / count - mean * mean);
            double value = Math.exp(mean);
            return new Perplexity(value, count > 1 ? value * Math.sqrt(variance / (count - 1)) : 0, count);
        }
    }
}
