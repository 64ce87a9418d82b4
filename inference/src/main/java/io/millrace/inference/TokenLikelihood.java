package io.millrace.inference;

import java.util.List;

/**
 * How likely the model itself thought a token, before anything that sampling does.
 *
 * @param logProbability of the token that was chosen: its natural logarithm, 0 at the most
 * @param others the most likely tokens, the chosen one perhaps among them, the first first
 */
public record TokenLikelihood(float logProbability, List<Other> others) {
    public TokenLikelihood {
        others = List.copyOf(others);
    }

    /** A token that could have been chosen. */
    public record Other(int token, float logProbability) {}

    static TokenLikelihood of(PositionLogits logits, int chosen, int others) {
        double sum = logits.logSumExp();
        return new TokenLikelihood((float) (logits.logit(chosen) - sum), logits.top(others).stream()
                .map(token -> new Other(token, (float) (logits.logit(token) - sum))).toList());
    }
}
