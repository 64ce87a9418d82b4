package io.millrace.inference.model;

import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.cache.SequenceCache;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.HeadBlocks;
import io.millrace.inference.kernel.Kernels;
import java.time.Duration;
import java.util.Optional;

/**
 * Has the JIT compile what a model's first prompt will run, while the rest of the model is loaded: forward passes over a {@link Miniature} of it. Without that the
 * prompt is computed by an interpreter to which each vector is an object, in all threads, which leave the compiler no core.
 *
 * <p>Runs in a thread of its own; {@link #await} and {@link #close} are for any.
 */
public final class Rehearsal implements AutoCloseable {
    /** Kernels take tokens by eights, fours and twos, and what is left one by one. */
    private static final int TOKENS = 15;
    /** What a pass takes at most once everything is compiled. */
    private static final Duration COMPILED = Duration.ofMillis(4);
    /** In a JVM without the program's flags nothing is compiled so soon: its first prompt then takes as long as it did without. */
    private static final Duration LONGEST = Duration.ofSeconds(4);

    /** A smaller model has answered before everything is compiled. */
    private static final long SMALL_BYTES = 64 << 20;

    private final Thread thread;
    private volatile boolean closed;
    private volatile RuntimeException failure;

    private Rehearsal(Optional<Miniature> miniature, Kernels kernels) {
        thread = Thread.ofPlatform().daemon().name("millrace-rehearsal")
                .unstarted(() -> {
                    try {
                        miniature.ifPresent(model -> rehearse(model, kernels));
                    } catch (RuntimeException e) {
                        failure = e;
                    }
                });
    }

    /** Begins to rehearse what a file's matrices need, unless the file is small or cannot be run. */
    public static Rehearsal start(Gguf file, LlamaConfig config, Kernels kernels) {
        return start(file.size() < SMALL_BYTES ? Optional.empty() : Miniature.of(file, config, kernels.types()),
                kernels);
    }

    static Rehearsal start(Optional<Miniature> miniature, Kernels kernels) {
        var rehearsal = new Rehearsal(miniature, kernels);
        rehearsal.thread.start();
        return rehearsal;
    }

    private void rehearse(Miniature model, Kernels kernels) {
        HeadBlocks cache = kernels.headBlocks(TensorType.F32);
        LlamaConfig config = model.config();
        long positionBytes = TensorType.F32.bytes(config.keyValueWidth());
        var batch = new Batch(TOKENS);
        try (var threads = new ComputeThreads(1);
                var pool = new BlockPool(config.layers(), positionBytes, positionBytes, 1);
                var forward = new LlamaForward(config, model.weights(), kernels, threads, true, cache, cache, TOKENS,
                        1)) {
            var positions = new SequenceCache(pool);
            positions.reserve(TOKENS + 1);
            long begunNanos = System.nanoTime();
            long passBegunNanos;
            do {
                passBegunNanos = System.nanoTime();
                pass(forward, batch, positions, 0, TOKENS);
                pass(forward, batch, positions, TOKENS, 1);
            } while (!closed && System.nanoTime() - passBegunNanos > COMPILED.toNanos()
                    && System.nanoTime() - begunNanos < LONGEST.toNanos());
        }
    }

    private static void pass(LlamaForward forward, Batch batch, SequenceCache positions, int from, int tokens) {
        batch.clear();
        for (int i = 0; i < tokens; i++) {
            batch.add(i, from + i, positions);
        }
        batch.wantLogits();
        forward.run(batch);
    }

    /**
     * Waits until what it is for has been done.
     *
     * @throws IllegalStateException if it failed, as the model itself would
     */
    public void await() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw new IllegalStateException("the rehearsal of the model failed: " + failure.getMessage(), failure);
        }
    }

    /** Ends it after the pass that runs. Nobody needs to wait for that: it has nothing of the file's. */
    @Override
    public void close() {
        closed = true;
    }
}
