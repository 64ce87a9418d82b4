package io.millrace.compose.pipeline;

import io.millrace.compose.role.TopicHistory;
import io.millrace.compose.role.TopicResults;
import io.millrace.ingest.IngestOptions;
import io.millrace.ingest.PromptRunner;
import io.millrace.ingest.PromptWorker;
import io.millrace.sink.TakeoverReplay;
import io.millrace.sink.TopicWriter;
import java.time.Duration;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** A worker with everything it needs, as a process of its own would have it. */
public final class Worker implements AutoCloseable {
    final PromptWorker worker;
    private final TopicWriter writer;
    private final TakeoverReplay replay;

    private Worker(IngestOptions options, PromptRunner runner) {
        writer = new TopicWriter(options.clientSettings(), options.topics(), "worker-" + UUID.randomUUID());
        replay = new TakeoverReplay(options.clientSettings(), options.topics().tokens());
        worker = new PromptWorker(options, runner, new TopicResults(writer), new TopicHistory(replay));
        worker.start();
    }

    static Worker start(Pipeline pipeline, PromptRunner runner) {
        return start(pipeline, runner, options -> options);
    }

    public static Worker start(Pipeline pipeline, PromptRunner runner, UnaryOperator<IngestOptions> change) {
        var options = IngestOptions.of(pipeline.clientSettings, pipeline.topics).withGroup(pipeline.topics.prefix())
                .withMaxPromptBytes(100_000).withDrainTimeout(Duration.ZERO);
        return new Worker(change.apply(options), runner);
    }

    /** Ends as a process does that is asked to; what runs is given up. */
    @Override
    public void close() {
        worker.close();
        replay.close();
        writer.close();
    }
}
