package io.millrace.inference.schedule;

/** What the scheduler sees of a generation. */
public interface Schedulable {
    /** Tokens known but not computed yet: what is left of the prompt, or the one token sampled last. */
    int pendingTokens();

    /** Whether its subscriber would take another token now. */
    boolean hasDemand();

    /** 0 (low) to 9 (high). */
    int priority();
}
