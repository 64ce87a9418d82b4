package io.millrace.ingest;

import io.millrace.inference.GenerationEvent;
import io.millrace.inference.GenerationException;
import io.millrace.schemas.AnswerDelta;
import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.ErrorDetail;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.TokenEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
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
    private final Takeover takeover;
    private final ResultWriter writer;
    private final Outcomes outcomes;
    private final PromptObserver observer;
    private final Consumer<Throwable> workerFailure;
    private final Transcript transcript = new Transcript();
    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    private final Disposable.Swap subscription = Disposables.swap();
    /** What ends this prompt's turn, while it is suspected of killing its workers and runs alone of those. */
    private final AtomicReference<Runnable> turn = new AtomicReference<>();
    private Runnable whenEnded = () -> {};
    /** What a stream that ends by itself comes to. */
    private Runnable outcome;
    /** Whether this attempt's beginning is on the topic. */
    private boolean announced;

    /** A prompt to run; its id is the one given. */
    RunningPrompt(ReceivedPrompt received, Prompt prompt, PromptRunner runner, Takeover takeover, ResultWriter writer,
            Outcomes outcomes, PromptObserver observer, Consumer<Throwable> workerFailure) {
        this.received = received;
        this.prompt = prompt;
        this.runner = runner;
        this.takeover = takeover;
        this.writer = writer;
        this.outcomes = outcomes;
        this.observer = observer;
        this.workerFailure = workerFailure;
        this.outcome = () -> outcomes.completed(received, prompt, transcript);
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
        observer.admitted(prompt.id(), received.record().timestamp(), received.traceParent());
        Optional<Instant> deadline = Optional.ofNullable(toDeadline).map(Instant.now()::plus);
        subscription.update(Flux.defer(() -> received.isInherited() ? takeOver(deadline) : begin(deadline))
                .subscribeOn(blocking, false).publishOn(blocking, PREFETCH_EVENTS)
                .subscribe(Runnable::run, this::onError, this::onEnd));
    }

    private Flux<Runnable> begin(Optional<Instant> deadline) {
        return run(runner.prepare(prompt), List.of(), deadline);
    }

    private Flux<Runnable> takeOver(Optional<Instant> deadline) {
        Optional<StreamedPrompt> earlier = onTopic(() -> takeover.find(received, prompt.id()));
        earlier.ifPresent(transcript::resume);
        if (earlier.isPresent() && endsWith(earlier.get()) || cancelled.isDone()) {
            return Flux.empty();
        }
        earlier.ifPresent(this::awaitTurn);
        if (isDisposed() || cancelled.isDone()) {
            return Flux.empty();
        }
        if (transcript.tokens() == 0 && deadline.isPresent() && !Instant.now().isBefore(deadline.get())) {
            return Flux.error(new TimeoutException());
        }
        PreparedPrompt prepared = runner.prepare(prompt);
        StreamedPrompt streamed = onTopic(() -> takeover.announce(received, prompt.id(),
                earlier.map(StreamedPrompt::attempt), prepared.promptTokens()));
        announced = true;
        transcript.resume(streamed);
        if (hasEnded(streamed)) {
            // the earlier worker was not dead, and came to the end meanwhile
            return Flux.empty();
        }
        // what has begun goes on, deadline or not
        return run(prepared, streamed.tokenIds(), streamed.tokens().isEmpty() ? deadline : Optional.empty());
    }

    private void awaitTurn(StreamedPrompt earlier) {
        takeover.awaitTurn(earlier, () -> isDisposed() || cancelled.isDone()).ifPresent(turn::set);
        if (isDisposed()) {
            endTurn();
        }
    }

    private void endTurn() {
        Runnable ending = turn.getAndSet(null);
        if (ending != null) {
            ending.run();
        }
    }

    /** Whether there is nothing left to compute. */
    private boolean endsWith(StreamedPrompt streamed) {
        if (hasEnded(streamed)) {
            return true;
        }
        Optional<ErrorDetail> objection = takeover.objection(streamed);
        objection.ifPresent(why -> outcome = () -> outcomes.refused(received, prompt, transcript, why));
        return objection.isPresent();
    }

    /** Whether only the completion is missing. */
    private boolean hasEnded(StreamedPrompt streamed) {
        streamed.end().ifPresent(end -> outcome = () -> outcomes.ended(received, prompt, transcript, end));
        return streamed.end().isPresent();
    }

    /** What happens, to be told in order, on threads that may block. */
    private Flux<Runnable> run(PreparedPrompt prepared, List<Integer> answerTokens, Optional<Instant> deadline) {
        Flux<Runnable> events = switch (prepared) {
            case PreparedGeneration generation -> {
                generation.reading().ifPresent(transcript::readBy);
                yield generation.generate(answerTokens, deadline).map(event -> () -> onEvent(event));
            }
            case PreparedTask task -> task.run(deadline).map(event -> () -> onEvent(event, task.promptTokens()));
        };
        if (deadline.isPresent()) {
            events = events.timeout(Mono.delay(Duration.between(Instant.now(), deadline.get())), _ -> Mono.never());
        }
        return events.takeUntilOther(Mono.fromFuture(cancelled, true));
    }

    /** Ends it with what there is so far. */
    void cancel() {
        cancelled.complete(null);
    }

    @Override
    public void dispose() {
        subscription.dispose();
        endTurn();
        observer.handedOver(prompt.id());
        whenEnded.run();
    }

    @Override
    public boolean isDisposed() {
        return subscription.isDisposed();
    }

    private void onEvent(GenerationEvent event) {
        switch (event) {
            case GenerationEvent.Started started -> started(started.promptTokens(), started.cachedTokens());
            case GenerationEvent.Token token -> {
                AnswerDelta delta = transcript.token(token);
                publish(new TokenEvent.Token(prompt.id(), transcript.attempt(), token.index(), token.text(),
                        token.id(), Likelihoods.of(token, runner), delta));
                observer.token(prompt.id());
                endTurn();
            }
            case GenerationEvent.Finished finished -> transcript.finished(finished);
        }
    }

    private void onEvent(TaskEvent event, int promptTokens) {
        switch (event) {
            case TaskEvent.Started _ -> started(promptTokens, 0);
            case TaskEvent.Done done -> transcript.done(done);
        }
    }

    private void started(int promptTokens, int cachedTokens) {
        transcript.started(promptTokens, cachedTokens, received.record().timestamp());
        observer.started(prompt.id(), promptTokens, cachedTokens);
        if (!announced) {
            publish(new TokenEvent.Started(prompt.id(), transcript.attempt(), runner.model(), promptTokens,
                    cachedTokens));
        }
    }

    private void publish(TokenEvent event) {
        onTopic(() -> {
            writer.publish(event, received.ownId());
            return event;
        });
    }

    private static <T> T onTopic(Supplier<T> task) {
        try {
            return task.get();
        } catch (RuntimeException e) {
            throw new BrokenTopicException(e);
        }
    }

    private void onEnd() {
        end(outcome);
    }

    private void onError(Throwable error) {
        switch (error) {
            case BrokenTopicException e -> workerFailure.accept(e.getCause());
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
                LOG.atError().addKeyValue("prompt", prompt.id()).setCause(error).log("a prompt failed");
                fail(new ErrorDetail(ErrorCode.INTERNAL, "the generation failed: " + error.getMessage()));
            }
        }
    }

    private void refuse(ErrorDetail why) {
        end(() -> outcomes.refused(received, prompt, transcript, why));
    }

    private void fail(ErrorDetail why) {
        end(() -> outcomes.failed(received, prompt, transcript, why));
    }

    private void end(Runnable ending) {
        try {
            ending.run();
        } catch (RuntimeException e) {
            workerFailure.accept(e);
        } finally {
            endTurn();
            whenEnded.run();
        }
    }

    /** Tells what a topic's reader or writer throws from what the engine throws. */
    private static final class BrokenTopicException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokenTopicException(RuntimeException cause) {
            super(cause);
        }
    }
}
