package io.millrace.inference;

import io.millrace.inference.GenerationException.Kind;
import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.gpu.GpuException;
import io.millrace.inference.grammar.GrammarException;
import io.millrace.inference.schedule.Admission;
import io.millrace.inference.schedule.Preemption;
import io.millrace.inference.schedule.StepPlan;
import io.millrace.inference.schedule.StepPlan.Share;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the step thread does over and over, and all that it owns: the generations that wait and run, and what computes them. */
final class DutyCycle {
    private static final Logger LOG = LoggerFactory.getLogger(DutyCycle.class);

    private final EngineOptions options;
    private final Computation computation;
    private final List<ActiveSequence> waiting = new ArrayList<>();
    private final List<ActiveSequence> running = new ArrayList<>();
    private long steps;
    private long promptTokens;
    private long cachedTokens;
    private long preemptions;
    private long draftedTokens;
    private long acceptedTokens;

    DutyCycle(EngineOptions options, Computation computation) {
        this.options = options;
        this.computation = computation;
    }

    /**
     * One step of all that can be stepped.
     *
     * @param arrivals where new generations are taken from
     * @param now for their deadlines
     * @return false if there was nothing to do
     */
    boolean step(Queue<ActiveSequence> arrivals, Instant now) {
        arrive(arrivals);
        leave();
        expire(now);
        admit();
        var plan = StepPlan.of(running, options.maxBatchTokens(), options.tokensBesideDecoding());
        List<Share<ActiveSequence>> shares = Preemption.makeRoom(plan, running, this::preempt);
        if (shares.isEmpty()) {
            return false;
        }
        try {
            compute(shares);
        } catch (GpuException e) {
            goOnWithoutDevice(e);
        } catch (RuntimeException | Error e) {
            LOG.error("A step of {} generations failed", shares.size(), e);
            shares.forEach(share -> end(share.generation(), internal(e)));
        }
        steps++;
        return true;
    }

    private void arrive(Queue<ActiveSequence> arrivals) {
        for (ActiveSequence generation = arrivals.poll(); generation != null; generation = arrivals.poll()) {
            try {
                generation.validate();
                waiting.add(generation);
            } catch (GenerationException e) {
                generation.fail(e);
            }
        }
    }

    private void leave() {
        waiting.removeIf(ActiveSequence::isCancelled);
        running.removeIf(generation -> {
            if (generation.isCancelled()) {
                generation.free();
            }
            return generation.isCancelled();
        });
    }

    private void expire(Instant now) {
        waiting.removeIf(generation -> {
            boolean late = generation.isLate(now);
            if (late) {
                generation.fail(new GenerationException(Kind.DEADLINE_PASSED,
                        "the deadline passed before the generation was begun"));
            }
            return late;
        });
    }

    private void admit() {
        for (var next = nextToRun(); next.isPresent(); next = nextToRun()) {
            ActiveSequence generation = next.get();
            waiting.remove(generation);
            running.add(generation);
            start(generation);
        }
    }

    /** What was begun elsewhere is followed here, where it may fail or be over. */
    private void start(ActiveSequence generation) {
        int tokens = generation.pendingTokens();
        unlessItFails(generation, () -> {
            if (generation.start()) {
                promptTokens += tokens;
                cachedTokens += tokens - generation.pendingTokens();
            }
        });
    }

    private Optional<ActiveSequence> nextToRun() {
        return Admission.next(waiting, running, options.maxSequences(), computation.pool().available());
    }

    private void preempt(ActiveSequence generation) {
        generation.free();
        running.remove(generation);
        waiting.add(generation);
        preemptions++;
    }

    /** Nothing that was computed there can be had any more: what runs begins again, on the processor, behind what it has said already. */
    private void goOnWithoutDevice(GpuException failure) {
        LOG.error("The graphics processor failed, and {} generations go on without it, on the processor: {}",
                running.size(), failure.getMessage(), failure);
        List.copyOf(running).forEach(this::preempt);
        computation.leaveDevice();
    }

    private void compute(List<Share<ActiveSequence>> shares) {
        computation.batch().clear();
        int room = options.maxBatchTokens() - shares.stream().mapToInt(Share::tokens).sum();
        for (var share : shares) {
            int drafted = share.generation().addTo(computation.batch(), share.tokens(), room);
            room -= drafted;
            draftedTokens += drafted;
        }
        computation.run();
        for (var share : shares) {
            advance(share.generation());
        }
    }

    private void advance(ActiveSequence generation) {
        unlessItFails(generation, () -> acceptedTokens += generation.advance(computation));
    }

    /** A fault in one generation's sampling or subscriber is its own. */
    private void unlessItFails(ActiveSequence generation, Runnable task) {
        try {
            task.run();
            if (generation.isOver()) {
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

    private void end(ActiveSequence generation, GenerationException reason) {
        if (running.remove(generation)) {
            generation.free();
            generation.fail(reason);
        }
    }

    private static GenerationException internal(Throwable cause) {
        return new GenerationException(Kind.INTERNAL, "the engine failed: " + cause, cause);
    }

    EngineStatistics statistics() {
        BlockPool pool = computation.pool();
        return new EngineStatistics(waiting.size(), running.size(), pool.used(), pool.idle(), pool.bytes(), steps,
                promptTokens, cachedTokens, preemptions, pool.evictions(), draftedTokens, acceptedTokens);
    }

    /** Fails what is not finished. */
    void abandon(Queue<ActiveSequence> arrivals, GenerationException reason) {
        arrive(arrivals);
        waiting.forEach(generation -> generation.fail(reason));
        running.forEach(generation -> generation.fail(reason));
    }
}
