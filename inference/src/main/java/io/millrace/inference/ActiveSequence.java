package io.millrace.inference;

import io.millrace.inference.model.Batch;
import io.millrace.inference.schedule.Schedulable;
import java.time.Instant;

/** One sequence of tokens that is computed in the engine's steps, from request to end. Confined to the step thread, but for {@link #cancel}. */
sealed interface ActiveSequence extends Schedulable permits ActiveGeneration, ActiveEmbedding {
    /** May be called from any thread: nobody wants the rest. */
    void cancel();

    boolean isCancelled();

    /** Whether it was not begun before its deadline. */
    boolean isLate(Instant now);

    /**
     * Says why the request cannot be run.
     *
     * @throws GenerationException for the subscriber
     */
    void validate();

    /**
     * Begins, or goes on where it was when it was preempted, with what the cache knows. It may be {@link #isOver over} with that.
     *
     * @return whether it begins
     */
    boolean start();

    /**
     * Adds the next pending tokens to a batch, their blocks being reserved, and perhaps guesses at what follows.
     *
     * @param room how many tokens more the batch may take
     * @return how many guesses there are
     */
    int addTo(Batch batch, int count, int room);

    /**
     * Goes on with what was computed.
     *
     * @return how many guesses were right
     */
    int advance(Computation computation);

    /** Whether there is nothing more to compute, and the subscriber knows. */
    boolean isOver();

    void fail(GenerationException exception);

    /** Gives its memory back: to end, or to be computed again. */
    void free();

    /**
     * Makes sure that a vocabulary has tokens.
     *
     * @param what holds them, for the message
     * @throws GenerationException for the subscriber
     */
    static void requireKnown(String what, Iterable<Integer> tokens, int vocabulary) {
        for (int token : tokens) {
            if (token < 0 || token >= vocabulary) {
                throw new GenerationException(GenerationException.Kind.INVALID_TOKEN, "the " + what
                        + " holds the token " + token + ", but the vocabulary ends at " + (vocabulary - 1));
            }
        }
    }
}
