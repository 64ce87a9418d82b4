package io.millrace.inference.schedule;

import java.util.ArrayList;
import java.util.Comparator;
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
     * Plans a step. Generations that decode go first, one token each, so that a long prompt never stalls a running stream; what is
     * left of the budget goes to prompts, the highest priority first and the earliest among equals, in chunks.
     *
     * @param running in order of admission
     * @param tokenBudget the most tokens of a step; at least as many as can be running
     */
    public static <S extends Schedulable> StepPlan<S> of(List<S> running, int tokenBudget) {
        var shares = new ArrayList<Share<S>>();
        var prompts = new ArrayList<S>();
        int left = tokenBudget;
        for (S generation : running) {
            if (generation.hasDemand() && generation.pendingTokens() == 1 && left > 0) {
                shares.add(new Share<>(generation, 1));
                left--;
            } else if (generation.hasDemand() && generation.pendingTokens() > 0) {
                prompts.add(generation);
            }
        }
        prompts.sort(highestPriorityFirst());
        for (S prompt : prompts) {
            int tokens = Math.min(left, prompt.pendingTokens());
            if (tokens > 0) {
                shares.add(new Share<>(prompt, tokens));
                left -= tokens;
            }
        }
        return new StepPlan<>(List.copyOf(shares));
    }

    /**
     * Which of the waiting generations may start: the highest priority first, the earliest among equals.
     *
     * @param waiting in order of arrival
     * @param freeSlots how many more may run
     */
    public static <S extends Schedulable> List<S> admit(List<S> waiting, int freeSlots) {
        return waiting.stream().sorted(highestPriorityFirst()).limit(freeSlots).toList();
    }

    private static <S extends Schedulable> Comparator<S> highestPriorityFirst() {
        return Comparator.comparingInt((S generation) -> generation.priority()).reversed();
    }
}
