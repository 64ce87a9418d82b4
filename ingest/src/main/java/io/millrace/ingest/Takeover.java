package io.millrace.ingest;

import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.ErrorDetail;
import io.millrace.schemas.TokenEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * How a prompt begins that an earlier worker may have begun: behind what that worker streamed, with the next attempt's number.
 *
 * <p>The new attempt is announced before the stream so far is read, and both are on one partition. Readers pass over events of a lower
 * attempt from the announcement on, so what is read up to there is what they have seen, even if the earlier worker is not dead but
 * only slow, and still writes. The announcement is on the topic before anything is computed: so a prompt that kills its worker is found out.
 */
final class Takeover {
    private final StreamHistory history;
    private final ResultWriter writer;
    private final String model;
    private final int maxAttempts;
    private final Suspects suspects = new Suspects();

    /**
     * For one worker.
     *
     * @param maxAttempts how many attempts in a row may begin and add nothing to the stream
     */
    Takeover(StreamHistory history, ResultWriter writer, String model, int maxAttempts) {
        this.history = history;
        this.writer = writer;
        this.model = model;
        this.maxAttempts = maxAttempts;
    }

    /** What was streamed by the time the prompt became ours; empty if no attempt began. */
    Optional<StreamedPrompt> find(ReceivedPrompt received, String id) {
        return find(received, id, received.claim().since());
    }

    /** Why the prompt must not be begun again, if so. */
    Optional<ErrorDetail> objection(StreamedPrompt streamed) {
        if (streamed.fruitlessAttempts() >= maxAttempts) {
            return Optional.of(new ErrorDetail(ErrorCode.GAVE_UP, "the prompt was begun " + streamed.fruitlessAttempts()
                    + " times, and each time its worker died before it had another token (there are "
                    + streamed.tokens().size() + "), the last time worker " + streamed.worker()
                    + "; see that worker's log, then send the prompt again"));
        }
        if (!streamed.tokens().isEmpty() && !streamed.model().equals(model)) {
            return Optional.of(new ErrorDetail(ErrorCode.INTERNAL, "the answer was begun by a worker that serves "
                    + streamed.model() + ", and its worker died; one that serves " + model
                    + " cannot continue it: send the prompt again"));
        }
        return Optional.empty();
    }

    /**
     * Waits until the prompt may begin, if its last attempt came to nothing: one of those at a time.
     *
     * @param givenUp says that it need not begin any more
     * @return what ends the turn, once there is a token or an end; empty if there is nothing to end
     */
    Optional<Runnable> awaitTurn(StreamedPrompt streamed, BooleanSupplier givenUp) {
        return streamed.fruitlessAttempts() > 0 && suspects.await(givenUp)
                ? Optional.of(suspects::release)
                : Optional.empty();
    }

    /** Announces the next attempt. Returns what is streamed by then, with that attempt's number. */
    StreamedPrompt announce(ReceivedPrompt received, String id, Optional<Integer> lastAttempt, int promptTokens) {
        int attempt = lastAttempt.orElse(0) + 1;
        writer.publish(new TokenEvent.Started(id, attempt, model, promptTokens, 0), received.ownId());
        writer.flush();
        return find(received, id, Instant.now()).orElseGet(
                () -> new StreamedPrompt(attempt, 1, model, "", List.of(), Optional.empty()));
    }

    private Optional<StreamedPrompt> find(ReceivedPrompt received, String id, Instant asOf) {
        return history.find(id, received.ownId(), received.record().timestamp(), asOf);
    }
}
