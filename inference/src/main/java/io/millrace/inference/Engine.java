package io.millrace.inference;

import io.millrace.inference.GenerationException.Kind;
import io.millrace.inference.schedule.Precedence;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * Runs many generations of one model at once, by continuous batching: each step advances all of them, and they join and leave between steps.
 *
 * <p>One thread steps, its {@link DutyCycle} over and over, and never waits for anyone but new work. A generation runs as far as its subscriber's demand: without demand it is
 * not stepped, and keeps its place and its memory until others need these.
 */
public final class Engine implements AutoCloseable {
    private final LanguageModel model;
    private final EngineOptions options;
    private final InstantSource clock;
    private final Computation computation;
    private final Drafters drafters;
    private final DutyCycle dutyCycle;
    private final Thread stepThread;
    private final ConcurrentLinkedQueue<ActiveSequence> arrivals = new ConcurrentLinkedQueue<>();
    private final AtomicLong arrivalCount = new AtomicLong();
    private volatile boolean closed;
    private volatile EngineStatistics statistics = EngineStatistics.NONE;

    private Engine(LanguageModel model, EngineOptions options, InstantSource clock) {
        this.model = model;
        this.options = options;
        this.clock = clock;
        drafters = new Drafters(model, options);
        computation = new Computation(model, options, options.maxOutputs());
        dutyCycle = new DutyCycle(options, computation);
        stepThread = Thread.ofPlatform().daemon().name("millrace-step").unstarted(this::stepUntilClosed);
    }

    /**
     * Starts an engine. A context beyond {@link LanguageModel#contextLength} is computed, if not well.
     *
     * @throws IllegalArgumentException if a cache type does not fit the model's heads, or a draft model has other tokens
     */
    public static Engine start(LanguageModel model, EngineOptions options) {
        return start(model, options, InstantSource.system());
    }

    /** As {@link #start(LanguageModel, EngineOptions)}, by a clock that decides when deadlines pass. */
    static Engine start(LanguageModel model, EngineOptions options, InstantSource clock) {
        var engine = new Engine(model, options, clock);
        engine.stepThread.start();
        return engine;
    }

    /**
     * Generates, once for each subscription, as far as the subscriber's demand allows; cancelling frees the generation's memory before the next step.
     *
     * <p>Signals come on the step thread, which all generations share: a subscriber that may block must {@code publishOn} a scheduler of
     * its own. Fails with {@link GenerationException}.
     */
    public Flux<GenerationEvent> generate(GenerationRequest request) {
        return Flux.create(sink -> accept(sink, new ActiveGeneration(request, sink, model, options, computation.pool(),
                precedence(request.priority(), request.deadline()), drafters.create())),
                FluxSink.OverflowStrategy.BUFFER);
    }

    /**
     * Embeds a text beside the generations that run, its tokens in the same batches: the mean of their hidden states, of length 1. Once for each subscription;
     * cancelling frees its memory before the next step. Signals come as those of {@link #generate}.
     */
    public Flux<EmbeddingEvent> embed(EmbeddingRequest request) {
        return Flux.create(sink -> accept(sink, new ActiveEmbedding(request, sink, model, options.contextLength(),
                computation.pool(), precedence(request.priority(), request.deadline()))),
                FluxSink.OverflowStrategy.BUFFER);
    }

    private Precedence precedence(int priority, Optional<Instant> deadline) {
        return new Precedence(priority, clock.instant(), deadline, arrivalCount.getAndIncrement());
    }

    private void accept(FluxSink<?> sink, ActiveSequence sequence) {
        sink.onDispose(() -> {
            sequence.cancel();
            wake();
        });
        sink.onRequest(demand -> wake());
        arrivals.add(sequence);
        wake();
        if (closed) {
            sequence.fail(engineClosed());
        }
    }

    private void wake() {
        LockSupport.unpark(stepThread);
    }

    private void stepUntilClosed() {
        try {
            while (!closed) {
                boolean stepped = dutyCycle.step(arrivals, clock.instant());
                statistics = dutyCycle.statistics();
                if (!stepped) {
                    LockSupport.park(this);
                }
            }
        } finally {
            closed = true; // also where a step failed as none should
            dutyCycle.abandon(arrivals, engineClosed());
            computation.close();
            drafters.close();
        }
    }

    private static GenerationException engineClosed() {
        return new GenerationException(Kind.ENGINE_CLOSED, "the engine is closed");
    }

    /** The most positions of one generation. */
    public int contextLength() {
        return options.contextLength();
    }

    /** What the engine was doing at its last step; safe for any thread. */
    public EngineStatistics statistics() {
        return statistics;
    }

    /** Ends after the step that runs; generations that are not finished fail. Waits for the step thread to end. */
    @Override
    public void close() {
        closed = true;
        wake();
        boolean interrupted = false;
        while (stepThread.isAlive()) {
            try {
                stepThread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
