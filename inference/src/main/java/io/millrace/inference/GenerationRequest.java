package io.millrace.inference;

import io.millrace.inference.grammar.Grammar;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What to generate.
 *
 * @param promptTokens the prompt, as the model is to see it, beginning-of-sequence token and all; not empty
 * @param maxTokens at most this many tokens are sampled, 1 or more; the end of the context ends it sooner
 * @param sampling how tokens are chosen
 * @param stop strings that end the generation; they are not part of its text
 * @param priority 0 (low) to 9 (high): who goes first when not all can, as {@link io.millrace.inference.schedule.Precedence} tells
 * @param grammar what the text must look like, if not just any text will do; where it leaves nothing more to say, the generation ends
 * @param likelihoods how many of the most likely tokens to tell of beside each that is chosen, 0 to 20; empty to tell of none, not even that one
 * @param deadline when it is no longer worth beginning; one that has begun goes on. Of those with one priority the earliest goes first
 * @param answerTokens the answer's first tokens, where another engine began it: they count as sampled, are not emitted again, and the generation
 *            goes on behind them as that engine would have, with one exception: mirostat adapts anew
 */
public record GenerationRequest(List<Integer> promptTokens, int maxTokens, SamplingOptions sampling, List<String> stop,
        int priority, Optional<Grammar> grammar, OptionalInt likelihoods, Optional<Instant> deadline,
        List<Integer> answerTokens) {
    /** As many as OpenAI's API allows. */
    public static final int MOST_LIKELIHOODS = 20;
    public static final int DEFAULT_PRIORITY = 5;

    public GenerationRequest {
        promptTokens = List.copyOf(promptTokens);
        stop = List.copyOf(stop);
        answerTokens = List.copyOf(answerTokens);
        if (promptTokens.isEmpty()) {
            throw new IllegalArgumentException("promptTokens must hold at least one token");
        }
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens must be 1 or more, not " + maxTokens);
        }
        if (stop.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("stop must not hold an empty string");
        }
        if (priority < 0 || priority > 9) {
            throw new IllegalArgumentException("priority must be from 0 to 9, not " + priority);
        }
        if (likelihoods.isPresent() && (likelihoods.getAsInt() < 0 || likelihoods.getAsInt() > MOST_LIKELIHOODS)) {
            throw new IllegalArgumentException("likelihoods must be from 0 to " + MOST_LIKELIHOODS + ", not "
                    + likelihoods.getAsInt());
        }
    }

    /** For any text, without likelihoods, at any time. */
    public GenerationRequest(List<Integer> promptTokens, int maxTokens, SamplingOptions sampling, List<String> stop,
            int priority) {
        this(promptTokens, maxTokens, sampling, stop, priority, Optional.empty(), OptionalInt.empty(),
                Optional.empty(), List.of());
    }

    /** The same, within a grammar. */
    public GenerationRequest withGrammar(Optional<Grammar> newGrammar) {
        return new GenerationRequest(promptTokens, maxTokens, sampling, stop, priority, newGrammar, likelihoods,
                deadline, answerTokens);
    }

    /** The same, with each token's likelihood and that of so many others. */
    public GenerationRequest withLikelihoods(int others) {
        return new GenerationRequest(promptTokens, maxTokens, sampling, stop, priority, grammar,
                OptionalInt.of(others), deadline, answerTokens);
    }

    /** The same, unless it has to wait for so long. */
    public GenerationRequest withDeadline(Optional<Instant> newDeadline) {
        return new GenerationRequest(promptTokens, maxTokens, sampling, stop, priority, grammar, likelihoods,
                newDeadline, answerTokens);
    }

    /** The same, behind what there is of the answer already. */
    public GenerationRequest withAnswerTokens(List<Integer> newAnswerTokens) {
        return new GenerationRequest(promptTokens, maxTokens, sampling, stop, priority, grammar, likelihoods,
                deadline, newAnswerTokens);
    }
}
