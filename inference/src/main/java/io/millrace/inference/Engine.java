package io.millrace.inference;

import io.millrace.inference.GenerationException.Kind;
import io.millrace.inference.grammar.GrammarException;
import io.millrace.inference.schedule.StepPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * Runs many generations of one model at once, by continuous batching: each step advances all of them, and they join and leave between steps.
 *
 * <p>One thread steps; it owns all state below and never waits for anyone but new work. A generation runs as far as its subscriber's demand: without demand it keeps its
 * place and its memory, and is not stepped.
 */
public final class Engine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final LanguageModel model;
    private final EngineOptions options;
    private final Computation computation;
    private final Thread stepThread;
    private final ConcurrentLinkedQueue<ActiveGeneration> arrivals = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;
    private volatile EngineStatistics statistics = new EngineStatistics(0, 0, 0, 0, 0);

    // of the step thread
    private final List<ActiveGeneration> waiting = new ArrayList<>();
    private final List<ActiveGeneration> running = new ArrayList<>();
    private long steps;

    private Engine(LanguageModel model, EngineOptions options) {
        this.model = model;
        this.options = options;
        computation = new Computation(model, options, options.maxSequences());
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
                if (!step()) {
                    LockSupport.park(this);
                }
            }
        } finally {
            arrive();
            waiting.forEach(generation -> generation.fail(engineClosed()));
            running.forEach(generation -> generation.fail(engineClosed()));
            computation.close();
        }
    }

    /** One duty cycle; false if there was nothing to do. */
    private boolean step() {
        arrive();
        leave();
        admit();
        StepPlan<ActiveGeneration> plan = StepPlan.of(running, options.maxBatchTokens());
        statistics = new EngineStatistics(waiting.size(), running.size(), computation.pool().used(),
                computation.pool().bytes(), steps);
        if (plan.shares().isEmpty()) {
            return false;
        }
        try {
            compute(plan);
        } catch (RuntimeException | Error e) {
            LOG.error("A step of {} generations failed", plan.shares().size(), e);
            plan.shares().forEach(share -> end(share.generation(), internal(e)));
        }
        steps++;
        return true;
    }

    private void arrive() {
        for (ActiveGeneration generation = arrivals.poll(); generation != null; generation = arrivals.poll()) {
            try {
                generation.validate();
                waiting.add(generation);
            } catch (GenerationException e) {
                generation.fail(e);
            }
        }
    }

    private void leave() {
        waiting.removeIf(ActiveGeneration::isCancelled);
        running.removeIf(generation -> {
            if (generation.isCancelled()) {
                generation.free();
            }
            return generation.isCancelled();
        });
    }

    private void admit() {
        for (ActiveGeneration generation : StepPlan.admit(waiting, options.maxSequences() - running.size())) {
            waiting.remove(generation);
            running.add(generation);
            generation.start();
        }
    }

    private void compute(StepPlan<ActiveGeneration> plan) {
        computation.batch().clear();
        var rows = new int[plan.shares().size()];
        for (int i = 0; i < rows.length; i++) {
            var share = plan.shares().get(i);
            rows[i] = share.generation().addTo(computation.batch(), share.tokens());
        }
        computation.run();
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] >= 0) {
                sample(plan.shares().get(i).generation(), computation.offset(rows[i]));
            }
        }
    }

    /** A fault in one generation's sampling or subscriber is its own. */
    private void sample(ActiveGeneration generation, int offset) {
        try {
            if (generation.sample(computation.logits(), offset)) {
                generation.free();
                running.remove(generation);
            }
        } catch (GrammarException e) {
            end(generation, new GenerationException(Kind.GRAMMAR, e.getMessage(), e));
        } catch (RuntimeException e) {
            LOG.error("A generation failed", e);
            end(generation, internal(e));
        }
    }

    private void end(ActiveGeneration generation, GenerationException reason) {
        if (running.remove(generation)) {
            generation.free();
            generation.fail(reason);
        }
    }

    private static GenerationException internal(Throwable cause) {
        return new GenerationException(Kind.INTERNAL, "the engine failed: " + cause, cause);
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
