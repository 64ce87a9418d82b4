package io.millrace.ingest;

import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.ErrorDetail;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.PromptCodec;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import reactor.core.scheduler.Scheduler;

/**
 * From record to running prompt: read, name, check, start. Also knows what runs, by id, so that it can be cancelled.
 *
 * <p>A prompt that cannot be read is refused under the id it gives, if that much can be read, else under its key or the record's own id.
 * One whose id is running already is refused, as two streams under one id could not be told apart; what is said about
 * the refusal goes under the record's own id ({@code <partition>-<offset>}), since the other id's stream is not its own.
 *
 * <p>{@link #admit} is for the consumer's thread and does not block; {@link #cancel} is for any.
 */
final class Admission {
    private static final int RECENT_CANCELS = 10_000;

    private final PromptCodec codec;
    private final PromptRunner runner;
    private final Takeover takeover;
    private final ResultWriter writer;
    private final Outcomes outcomes;
    private final PromptObserver observer;
    private final Scheduler blocking;
    private final Consumer<Throwable> workerFailure;
    private final ConcurrentMap<String, RunningPrompt> running = new ConcurrentHashMap<>();
    private final RecentCancels cancels = new RecentCancels(RECENT_CANCELS);

    Admission(PromptCodec codec, PromptRunner runner, Takeover takeover, ResultWriter writer, Outcomes outcomes,
            PromptObserver observer, Scheduler blocking, Consumer<Throwable> workerFailure) {
        this.codec = codec;
        this.runner = runner;
        this.takeover = takeover;
        this.writer = writer;
        this.outcomes = outcomes;
        this.observer = observer;
        this.blocking = blocking;
        this.workerFailure = workerFailure;
    }

    /** Starts the prompt, or sees to it that it ends with a reason. */
    void admit(ReceivedPrompt received) {
        String id = received.ownId();
        Prompt prompt = null;
        try {
            String key = received.keyId();
            id = key == null ? id : key;
            prompt = codec.decode(received.record().value());
            id = prompt.id() == null ? id : prompt.id();
            prompt = prompt.withId(id);
        } catch (InvalidPromptException e) {
            id = codec.givenId(received.record().value()).orElse(id);
            refuse(received, running.containsKey(id) ? received.ownId() : id, prompt,
                    new ErrorDetail(e.code(), e.getMessage()));
            return;
        }
        start(received, prompt);
    }

    /** Ends a prompt that runs or waits, or one that is still to come. */
    void cancel(String id, long timestampMillis) {
        // before looking: a prompt that begins now looks here after it can be found
        cancels.add(id, timestampMillis);
        RunningPrompt prompt = running.get(id);
        if (prompt != null) {
            prompt.cancel();
        }
    }

    private void start(ReceivedPrompt received, Prompt prompt) {
        var candidate = new RunningPrompt(received, prompt, runner, takeover, writer, outcomes, observer,
                workerFailure);
        if (running.putIfAbsent(prompt.id(), candidate) != null) {
            refuse(received, received.ownId(), prompt, new ErrorDetail(ErrorCode.INVALID_PROMPT, "a prompt with the id "
                    + prompt.id() + " is running; wait for its completion, or give this one another id"));
            return;
        }
        long timestamp = received.record().timestamp();
        Duration left = Deadline.left(prompt.deadlineMillis(), timestamp, System.currentTimeMillis());
        boolean isCancelled = cancels.concern(prompt.id(), timestamp);
        if (received.isInherited()) {
            // an earlier worker may have streamed some of it, which counts
            if (isCancelled) {
                candidate.cancel();
            }
            run(received, candidate, left);
        } else if (isCancelled) {
            endEarly(candidate, () -> outcomes.completed(received, prompt, new Transcript()));
        } else if (left != null && !left.isPositive()) {
            endEarly(candidate, () -> outcomes.failed(received, prompt, new Transcript(), Deadline.PASSED));
        } else {
            run(received, candidate, left);
        }
    }

    private void run(ReceivedPrompt received, RunningPrompt candidate, Duration left) {
        candidate.whenEnded(() -> {
            release(candidate);
            received.claim().ended(candidate);
        });
        received.claim().running(candidate);
        candidate.start(blocking, left);
    }

    private void endEarly(RunningPrompt candidate, Runnable outcome) {
        later(() -> {
            outcome.run();
            release(candidate);
        });
    }

    private void refuse(ReceivedPrompt received, String id, Prompt prompt, ErrorDetail why) {
        later(() -> outcomes.refused(received, id, prompt, why));
    }

    private void release(RunningPrompt prompt) {
        running.remove(prompt.prompt().id(), prompt);
    }

    /** Writing may block, which the consumer's thread must not. */
    private void later(Runnable task) {
        var _ = blocking.schedule(() -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                workerFailure.accept(e);
            }
        });
    }
}
