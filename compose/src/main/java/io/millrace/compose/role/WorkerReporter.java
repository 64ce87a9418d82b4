package io.millrace.compose.role;

import io.millrace.inference.EngineStatistics;
import io.millrace.ingest.PromptJournal;
import io.millrace.schemas.WorkerReport;
import io.millrace.sink.ReportPublisher;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Reports every second what a worker is doing, on a virtual thread, until it is closed. Its publisher stays its owner's to close. */
final class WorkerReporter implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /**
     * What does not change.
     *
     * @param id of the worker
     * @param slots sequences of a batch
     * @param blocks key-value blocks that there may be
     */
    record Worker(String id, String model, int contextLength, int slots, int blocks) {}

    private final Worker worker;
    private final Supplier<EngineStatistics> engine;
    private final PromptJournal journal;
    private final IntSupplier waiting;
    private final ReportPublisher publisher;
    private final long since = System.currentTimeMillis();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("worker-report").unstarted(this::run);

    WorkerReporter(Worker worker, Supplier<EngineStatistics> engine, PromptJournal journal, IntSupplier waiting,
            ReportPublisher publisher) {
        this.worker = worker;
        this.engine = engine;
        this.journal = journal;
        this.waiting = waiting;
        this.publisher = publisher;
    }

    void start() {
        thread.start();
    }

    /** What had been done at one moment. */
    private record Mark(long nanos, long computedPromptTokens, long generatedTokens) {
        static Mark of(EngineStatistics engine, PromptJournal journal) {
            return new Mark(System.nanoTime(), engine.promptTokens() - engine.cachedTokens(),
                    journal.generatedTokens());
        }

        double perSecond(long count, Mark before) {
            return count * 1e9 / (nanos - before.nanos);
        }
    }

    private void run() {
        try {
            Mark before = Mark.of(engine.get(), journal);
            while (!closing.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                EngineStatistics statistics = engine.get();
                Mark now = Mark.of(statistics, journal);
                publisher.publish(report(statistics, before, now));
                before = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private WorkerReport report(EngineStatistics statistics, Mark before, Mark now) {
        var speed = new WorkerReport.Speed(now.perSecond(now.generatedTokens - before.generatedTokens, before),
                now.perSecond(now.computedPromptTokens - before.computedPromptTokens, before),
                journal.timeToFirstToken());
        return new WorkerReport(worker.id(), worker.model(), System.currentTimeMillis(), since, worker.contextLength(),
                new WorkerReport.Load(statistics.running(), worker.slots(), statistics.waiting(), journal.inHand(),
                        waiting.getAsInt()),
                speed, new WorkerReport.Cache(statistics.usedBlocks(), worker.blocks()),
                new WorkerReport.Totals(statistics.promptTokens(), statistics.cachedTokens(), now.generatedTokens,
                        statistics.preemptions()),
                journal.recent());
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
