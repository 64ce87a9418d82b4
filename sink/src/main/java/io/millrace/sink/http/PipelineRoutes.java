package io.millrace.sink.http;

import io.millrace.schemas.WorkerReport;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Tells what the workers are doing. */
final class PipelineRoutes {
    private static final int INTERVAL_MILLIS = 1_000;

    private final Workers workers;
    private final WorkerReports reports;
    private final long heartbeatMillis;

    PipelineRoutes(Workers workers, WorkerReports reports, long heartbeatMillis) {
        this.workers = workers;
        this.reports = reports;
        this.heartbeatMillis = heartbeatMillis;
    }

    /** Once, or every second to those who take events. */
    void pipeline(RoutingContext context) {
        Caller caller = Callers.of(context);
        caller.require(Scope.SUBSCRIBE);
        String accepted = context.request().getHeader("accept");
        if (accepted == null || !accepted.contains("text/event-stream")) {
            Reply.json(context, 200, snapshot().json(caller));
            return;
        }
        var events = new EventStream(context.vertx(), context.response(), heartbeatMillis);
        events.sendAs("pipeline", snapshot().json(caller));
        long timer = context.vertx().setPeriodic(INTERVAL_MILLIS, _ -> {
            // who reads slowly sees fewer of them
            if (!events.isFull()) {
                events.sendAs("pipeline", snapshot().json(caller));
            }
        });
        context.response().closeHandler(_ -> {
            context.vertx().cancelTimer(timer);
            events.stop();
        });
    }

    private PipelineSnapshot snapshot() {
        return new PipelineSnapshot(System.currentTimeMillis(), workers.lagByPartition(), reports.current());
    }

    /** After llama.cpp: the places of all workers' batches. Which sequence has which is nothing that lasts, so they are filled from the first. */
    void slots(RoutingContext context) {
        Callers.of(context).require(Scope.SUBSCRIBE);
        var slots = new JsonArray();
        boolean isFree = false;
        for (WorkerReport report : reports.current()) {
            isFree |= report.load().running() < report.load().slots();
            for (int i = 0; i < report.load().slots(); i++) {
                slots.add(new JsonObject().put("id", slots.size()).put("worker", report.id()).put("model",
                        report.model()).put("n_ctx", report.contextLength())
                        .put("is_processing", i < report.load().running()));
            }
        }
        if (!isFree && context.request().params().contains("fail_on_no_slot")) {
            Reply.error(context, ApiError.unavailable("no slot is free"));
        } else {
            Reply.json(context, slots);
        }
    }
}
