package io.millrace.inference.schedule;

import static java.util.Comparator.comparing;

import java.util.ArrayList;
import java.util.List;

/**
 * How many tokens of which generations the next step computes.
 *
 * @param shares at most one a generation, none of zero tokens
 */
public record StepPlan<S extends Schedulable>(List<Share<S>> shares) {
    /** The next {@code tokens} pending tokens of a generation. */
    public record Share<S>(S generation, int tokens) {}

    /**
     * Plans a step. Generations that decode get one token each. What is left of the budget goes to prompts in chunks, by precedence; less of it where
     * others decode, since all wait for the whole step, and a long prompt must not stall running streams.
     *
     * @param running at most as many as {@code tokenBudget}
     * @param tokenBudget the most tokens of a step
     * @param tokensBesideDecoding the most prompt tokens of a step in which others decode, 1 or more
     */
    public static <S extends Schedulable> StepPlan<S> of(List<S> running, int tokenBudget, int tokensBesideDecoding) {
        var shares = new ArrayList<Share<S>>();
        var prompts = new ArrayList<S>();
        for (S generation : running) {
            if (generation.hasDemand() && generation.pendingTokens() == 1) {
                shares.add(new Share<>(generation, 1));
            } else if (generation.hasDemand() && generation.pendingTokens() > 1) {
                prompts.add(generation);
            }
        }
        prompts.sort(comparing(Schedulable::precedence));
        int left = tokenBudget - shares.size();
        if (!shares.isEmpty()) {
            left = Math.min(left, tokensBesideDecoding);
        }
        for (S prompt : prompts) {
            int tokens = Math.min(left, prompt.pendingTokens());
            if (tokens > 0) {
                shares.add(new Share<>(prompt, tokens));
                left -= tokens;
            }
        }
        return new StepPlan<>(List.copyOf(shares));
    }
}
