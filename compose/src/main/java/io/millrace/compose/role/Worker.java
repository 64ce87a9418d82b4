package io.millrace.compose.role;

import io.millrace.compose.metrics.Metrics;
import io.millrace.inference.Engine;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.ingest.EngineModel;
import io.millrace.ingest.IngestOptions;
import io.millrace.ingest.IngestVerticle;
import io.millrace.ingest.ModelPromptRunner;
import io.millrace.ingest.PromptJournal;
import io.millrace.ingest.PromptObserver;
import io.millrace.ingest.PromptWorker;
import io.millrace.schemas.Topics;
import io.millrace.sink.ReportPublisher;
import io.millrace.sink.TakeoverReplay;
import io.millrace.sink.TopicWriter;
import java.lang.management.ManagementFactory;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Takes prompts from the topic, through an engine, to topics. */
public final class Worker {
    private final PromptWorker worker;
    private final ReportPublisher reports;

    private Worker(PromptWorker worker, ReportPublisher reports) {
        this.worker = worker;
        this.reports = reports;
    }

    /** Starts a worker; {@code parts} closes it; {@code model} stays its owner's, to be closed later. */
    public static Worker start(Parts parts, Verticles verticles, IngestOptions ingest, LanguageModel model,
            EngineOptions options) {
        Metrics metrics = verticles.metrics();
        Engine engine = parts.add("the engine", Engine.start(model, options));
        Topics topics = ingest.topics();
        String id = ingest.workerId().orElseGet(Worker::process);
        TopicWriter writer = parts.add("the topic writer",
                new TopicWriter(ingest.clientSettings("results"), topics,
                        "millrace-worker-" + id + "-" + UUID.randomUUID()));
        TakeoverReplay replay = parts.add("the replay of streams",
                new TakeoverReplay(ingest.clientSettings("streams"), topics.tokens()));
        var runner = new ModelPromptRunner(new EngineModel(model, engine));
        var journal = new PromptJournal(InstantSource.system());
        var worker = new PromptWorker(ingest, runner, new TopicResults(writer), new TopicHistory(replay),
                PromptObserver.all(List.of(journal, metrics.prompts(model.name()), verticles.traces().prompts(
                        topics.prompts(), model.name()))));
        metrics.engine(engine::statistics, options, worker::waiting);
        ReportPublisher reports = report(parts, ingest, id, model, options, engine, journal, worker);
        verticles.deploy("the worker", new IngestVerticle(() -> worker));
        return new Worker(worker, reports);
    }

    private static ReportPublisher report(Parts parts, IngestOptions ingest, String id, LanguageModel model,
            EngineOptions options, Engine engine, PromptJournal journal, PromptWorker worker) {
        ReportPublisher publisher = parts.add("the publisher of reports", new ReportPublisher(ingest.clientSettings(
                "reports"), ingest.topics(), id));
        WorkerReporter reporter = parts.add("the reports", new WorkerReporter(new WorkerReporter.Worker(id, model
                .name(), options.contextLength(), options.maxSequences(), options.cacheBlocks()), engine::statistics,
                journal, worker::waiting, publisher));
        reporter.start();
        return publisher;
    }

    /** Where to look for a worker without an id. */
    private static String process() {
        return ManagementFactory.getRuntimeMXBean().getName();
    }

    /** What keeps the worker from its work at the moment; nothing if it is well. Safe for any thread. */
    List<String> troubles() {
        if (worker.ended().isDone()) {
            return List.of("the worker has ended");
        }
        return reports.isHeard() ? List.of() : List.of("the brokers do not answer");
    }

    /** Completes when the worker has ended; exceptionally if it could not go on, which its process should not outlive. */
    public CompletableFuture<Void> ended() {
        return worker.ended();
    }
}
