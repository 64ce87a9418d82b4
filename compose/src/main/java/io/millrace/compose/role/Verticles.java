package io.millrace.compose.role;

import io.millrace.compose.metrics.Metrics;
import io.vertx.core.Deployable;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletionException;

/** The verticles of this process, all on one Vert.x, and what is measured of them. */
public final class Verticles {
    private final Parts parts;
    private final Metrics metrics;
    private final Vertx vertx;

    private Verticles(Parts parts, Metrics metrics, Vertx vertx) {
        this.parts = parts;
        this.metrics = metrics;
        this.vertx = vertx;
    }

    /** Starts Vert.x; {@code parts} closes it, and before it each verticle that is deployed. */
    public static Verticles start(Parts parts) {
        Metrics metrics = parts.add("the metrics", new Metrics());
        return new Verticles(parts, metrics, parts.add("Vert.x", metrics.vertx(), running -> running.close().await()));
    }

    /** What is measured of this process. */
    Metrics metrics() {
        return metrics;
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
