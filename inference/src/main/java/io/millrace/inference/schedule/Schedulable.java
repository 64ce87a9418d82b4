package io.millrace.inference.schedule;

/** What the scheduler sees of a generation, and asks of it. */
public interface Schedulable {
    /** Tokens known but not computed yet: what is left of the prompt, or the one token sampled last. */
    int pendingTokens();

    /** Whether its subscriber would take another token now. */
    boolean hasDemand();

    /** Who goes first when not all can. */
    Precedence precedence();

    /** Blocks that it would take of those available for all its tokens, and to go on for a while. */
    int wantedBlocks();

    /** Whether blocks would become available, were it to give its own back. */
    boolean holdsBlocks();

    /** Takes the blocks for its next pending tokens; false if there are not enough, and none was taken. */
    boolean reserve(int tokens);
}
