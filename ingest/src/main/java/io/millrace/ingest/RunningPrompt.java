package io.millrace.ingest;

import io.millrace.inference.GenerationEvent;
import io.millrace.inference.GenerationException;
import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.ErrorDetail;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.TokenEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * One prompt in the engine, and its stream on the way to the topic. At most {@link #PREFETCH_EVENTS} events wait between the
 * two: a topic that is slow slows this generation and no other. {@link #cancel} ends it with a completion, {@link #dispose}
 * without. Both may be called on any thread, more than once.
 */
final class RunningPrompt implements Disposable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningPrompt.class);
    private static final int PREFETCH_EVENTS = 32;

    private final ReceivedPrompt received;
    private final Prompt prompt;
    private final PromptRunner runner;
    private final ResultWriter writer;
    private final Outcomes outcomes;
    private final Consumer<Throwable> workerFailure;
    private final Transcript transcript = new Transcript();
    private final Sinks.Empty<Void> cancelled = Sinks.empty();
    private final Disposable.Swap subscription = Disposables.swap();
    private Runnable whenEnded = () -> {};

    /** A prompt to run; its id is the one given. */
    RunningPrompt(ReceivedPrompt received, Prompt prompt, PromptRunner runner, ResultWriter writer, Outcomes outcomes,
            Consumer<Throwable> workerFailure) {
        this.received = received;
        this.prompt = prompt;
        this.runner = runner;
        this.writer = writer;
        this.outcomes = outcomes;
        this.workerFailure = workerFailure;
    }

    Prompt prompt() {
        return prompt;
    }

    /** Sets what is called after the last event or on disposal, perhaps more than once; call before {@link #start}. */
    void whenEnded(Runnable action) {
        whenEnded = action;
    }

    /**
     * Begins, on threads of {@code blocking}.
     *
     * @param toDeadline how long it may wait for its first step; null if for ever
     */
    void start(Scheduler blocking, Duration toDeadline) {
        Optional<Instant> deadline = Optional.ofNullable(toDeadline).map(Instant.now()::plus);
        Flux<GenerationEvent> events = Flux.defer(() -> runner.run(prompt, deadline)).subscribeOn(blocking, false);
        if (toDeadline != null) {
            events = events.timeout(Mono.delay(toDeadline), _ -> Mono.never());
        }
        subscription.update(events.takeUntilOther(cancelled.asMono()).publishOn(blocking, PREFETCH_EVENTS)
                .subscribe(this::onEvent, this::onError, this::onEnd));
    }

    /** Ends it with what there is so far. */
    void cancel() {
        cancelled.tryEmitEmpty();
    }

    @Override
    public void dispose() {
        subscription.dispose();
        whenEnded.run();
    }

    @Override
    public boolean isDisposed() {
        return subscription.isDisposed();
    }

    private void onEvent(GenerationEvent event) {
        switch (event) {
            case GenerationEvent.Started started -> {
                transcript.started(started, received.record().timestamp());
                publish(new TokenEvent.Started(prompt.id(), Outcomes.ATTEMPT, runner.model(), started.promptTokens(),
                        started.cachedTokens()));
            }
            case GenerationEvent.Token token -> {
                transcript.token(token);
                publish(new TokenEvent.Token(prompt.id(), Outcomes.ATTEMPT, token.index(), token.text(), token.id()));
            }
            case GenerationEvent.Finished finished -> transcript.finished(finished);
        }
    }

    private void publish(TokenEvent event) {
        try {
            writer.publish(event);
        } catch (RuntimeException e) {
            throw new UnwritableException(e);
        }
    }

    private void onEnd() {
        end(() -> outcomes.completed(received, prompt, transcript));
    }

    private void onError(Throwable error) {
        switch (error) {
            case UnwritableException e -> workerFailure.accept(e.getCause());
            case GenerationException e when e.kind() == GenerationException.Kind.ENGINE_CLOSED -> workerFailure.accept(
                    e);
            case InvalidPromptException e -> refuse(new ErrorDetail(e.code(), e.getMessage()));
            case GenerationException e when e.kind() == GenerationException.Kind.PROMPT_TOO_LONG -> refuse(
                    new ErrorDetail(ErrorCode.CONTEXT_LENGTH_EXCEEDED, e.getMessage()));
            case GenerationException e when e.kind() == GenerationException.Kind.GRAMMAR -> fail(
                    new ErrorDetail(ErrorCode.INVALID_PROMPT, e.getMessage()));
            case TimeoutException _ -> fail(Deadline.PASSED);
            case GenerationException e when e.kind() == GenerationException.Kind.DEADLINE_PASSED -> fail(
                    Deadline.PASSED);
            default -> {
                LOG.error("prompt {} failed", prompt.id(), error);
                fail(new ErrorDetail(ErrorCode.INTERNAL, "the generation failed: " + error.getMessage()));
            }
        }
    }

    private void refuse(ErrorDetail why) {
        end(() -> outcomes.refused(received, prompt.id(), prompt, why));
    }

    private void fail(ErrorDetail why) {
        end(() -> outcomes.failed(received, prompt, transcript, why));
    }

    private void end(Runnable outcome) {
        try {
            outcome.run();
        } catch (RuntimeException e) {
            workerFailure.accept(e);
        } finally {
            whenEnded.run();
        }
    }

    /** Tells what the writer throws from what the engine throws. */
    private static final class UnwritableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnwritableException(RuntimeException cause) {
            super(cause);
        }
    }
}
