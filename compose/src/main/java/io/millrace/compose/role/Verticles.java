package io.millrace.compose.role;

import io.vertx.core.Deployable;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletionException;

/** The verticles of this process, all on one Vert.x. */
public final class Verticles {
    private final Parts parts;
    private final Vertx vertx;

    private Verticles(Parts parts, Vertx vertx) {
        this.parts = parts;
        this.vertx = vertx;
    }

    /** Starts Vert.x; {@code parts} closes it, and before it each verticle that is deployed. */
    public static Verticles start(Parts parts) {
        return new Verticles(parts, parts.add("Vert.x", Vertx.vertx(), running -> running.close().await()));
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
