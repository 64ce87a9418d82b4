package io.millrace.inference;

import io.millrace.inference.GenerationException.Kind;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * Runs many generations of one model at once, by continuous batching: each step advances all of them, and they join and leave between steps.
 *
 * <p>One thread steps, its {@link DutyCycle} over and over, and never waits for anyone but new work. A generation runs as far as its subscriber's demand: without demand it keeps its
 * place and its memory, and is not stepped.
 */
public final class Engine implements AutoCloseable {
    private final LanguageModel model;
    private final EngineOptions options;
    private final Computation computation;
    private final DutyCycle dutyCycle;
    private final Thread stepThread;
    private final ConcurrentLinkedQueue<ActiveGeneration> arrivals = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;
    private volatile EngineStatistics statistics = EngineStatistics.NONE;

    private Engine(LanguageModel model, EngineOptions options) {
        this.model = model;
        this.options = options;
        computation = new Computation(model, options, options.maxSequences());
        dutyCycle = new DutyCycle(options, computation);
        stepThread = Thread.ofPlatform().daemon().name("millrace-step").unstarted(this::stepUntilClosed);
    }

    /**
     * Starts an engine. A context beyond {@link LanguageModel#contextLength} is computed, if not well.
     *
     * @throws IllegalArgumentException if a cache type does not fit the model's heads
     */
    public static Engine start(LanguageModel model, EngineOptions options) {
        var engine = new Engine(model, options);
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
        return Flux.create(sink -> accept(request, sink), FluxSink.OverflowStrategy.BUFFER);
    }

    private void accept(GenerationRequest request, FluxSink<GenerationEvent> sink) {
        var generation = new ActiveGeneration(request, sink, model, computation.pool(), options.contextLength());
        sink.onDispose(() -> {
            generation.cancel();
            wake();
        });
        sink.onRequest(demand -> wake());
        arrivals.add(generation);
        wake();
        if (closed) {
            generation.fail(engineClosed());
        }
    }

    private void wake() {
        LockSupport.unpark(stepThread);
    }

    private void stepUntilClosed() {
        try {
            while (!closed) {
                boolean stepped = dutyCycle.step(arrivals);
                statistics = dutyCycle.statistics();
                if (!stepped) {
                    LockSupport.park(this);
                }
            }
        } finally {
            dutyCycle.abandon(arrivals, engineClosed());
            computation.close();
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
