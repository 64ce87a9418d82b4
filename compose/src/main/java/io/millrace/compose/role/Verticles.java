package io.millrace.compose.role;

import io.millrace.compose.metrics.Metrics;
import io.millrace.compose.trace.Traces;
import io.vertx.core.Deployable;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletionException;

/** The verticles of this process, all on one Vert.x, and what is measured of them. */
public final class Verticles {
    private final Parts parts;
    private final Metrics metrics;
    private final Traces traces;
    private final Vertx vertx;

    private Verticles(Parts parts, Metrics metrics, Traces traces, Vertx vertx) {
        this.parts = parts;
        this.metrics = metrics;
        this.traces = traces;
        this.vertx = vertx;
    }

    /** Starts Vert.x; {@code parts} closes it, and before it each verticle that is deployed. */
    public static Verticles start(Parts parts) {
        return start(parts, Traces.NONE);
    }

    /** As {@link #start(Parts)}, with traces of what they do; these stay their owner's to close. */
    public static Verticles start(Parts parts, Traces traces) {
        Metrics metrics = parts.add("the metrics", new Metrics());
        return new Verticles(parts, metrics, traces,
                parts.add("Vert.x", metrics.vertx(), running -> running.close().await()));
    }

    /** What is measured of this process. */
    Metrics metrics() {
        return metrics;
    }

    /** Traces of what this process does. */
    Traces traces() {
        return traces;
    }

    /**
     * Returns once the verticle has started; blocks, so not for event loops.
     *
     * @throws CompletionException with what kept it from starting
     */
    void deploy(String name, Deployable verticle) {
        String deployment = vertx.deployVerticle(verticle).toCompletionStage().toCompletableFuture().join();
        parts.add(name, () -> vertx.undeploy(deployment).await());
    }
}
