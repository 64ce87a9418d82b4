package io.millrace.ingest;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.function.Supplier;

/**
 * Starts a {@link PromptWorker} with its deployment and closes it with its undeployment. The worker has threads of its own,
 * so the verticle may be deployed on an event loop, which it never blocks.
 */
public final class IngestVerticle extends VerticleBase {
    private final Supplier<PromptWorker> workers;
    private PromptWorker worker;

    /** A verticle that runs what {@code workers} makes; that is called once, where it may block. */
    public IngestVerticle(Supplier<PromptWorker> workers) {
        this.workers = workers;
    }

    @Override
    public Future<?> start() {
        return onVirtualThread(() -> {
            worker = workers.get();
            worker.start();
        });
    }

    @Override
    public Future<?> stop() {
        return onVirtualThread(() -> worker.close());
    }

    private Future<Void> onVirtualThread(Runnable task) {
        Promise<Void> done = Promise.promise();
        Thread.ofVirtual().name("ingest-verticle").start(() -> {
            try {
                task.run();
                done.complete();
            } catch (RuntimeException e) {
                done.fail(e);
            }
        });
        return done.future();
    }
}
