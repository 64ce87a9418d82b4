package io.millrace.sink.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The event loop of whoever asks, for Reactor. */
public final class EventLoop {
    private EventLoop() {}

    public static Scheduler of(Vertx vertx) {
        Context context = vertx.getOrCreateContext();
        return Schedulers.fromExecutor(task -> context.runOnContext(_ -> task.run()));
    }
}
