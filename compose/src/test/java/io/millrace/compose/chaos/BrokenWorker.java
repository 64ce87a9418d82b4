package io.millrace.compose.chaos;

import io.millrace.compose.role.Parts;
import io.millrace.compose.role.TopicHistory;
import io.millrace.compose.role.TopicResults;
import io.millrace.inference.Engine;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.ingest.EngineModel;
import io.millrace.ingest.IngestOptions;
import io.millrace.ingest.ModelPromptRunner;
import io.millrace.ingest.PromptWorker;
import io.millrace.schemas.Topics;
import io.millrace.sink.TakeoverReplay;
import io.millrace.sink.TopicWriter;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A worker like the program's, but for its {@link LateCompletions}: {@code BrokenWorker worker --bootstrap-servers <servers> ...}. */
final class BrokenWorker {
    private static final int SEQUENCES = 8;

    private BrokenWorker() {}

    public static void main(String[] arguments) {
        String servers = List.of(arguments).get(List.of(arguments).indexOf("--bootstrap-servers") + 1);
        Map<String, Object> client = Map.of("bootstrap.servers", servers);
        var parts = new Parts();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            parts.close();
            // by itself the JVM would report the signal
            Runtime.getRuntime().halt(0);
        }));
        PromptWorker worker = start(parts, client, Topics.DEFAULT);
        System.out.println("The worker is up: on " + servers);
        worker.ended().join();
    }

    private static PromptWorker start(Parts parts, Map<String, Object> client, Topics topics) {
        var model = parts.add("the model", LanguageModel.demo());
        EngineOptions options = EngineOptions.defaults(model).withMaxSequences(SEQUENCES).withThreads(1);
        Engine engine = parts.add("the engine", Engine.start(model, options));
        var writer = parts.add("the writer", new TopicWriter(client, topics, "broken-worker-" + UUID.randomUUID()));
        var late = parts.add("completions", new LateCompletions(new TopicResults(writer), client, topics));
        var replay = parts.add("the replay", new TakeoverReplay(client, topics.tokens()));
        var runner = new ModelPromptRunner(new EngineModel(model, engine));
        var worker = parts.add("the worker", new PromptWorker(IngestOptions.of(client, topics).withMaxInFlight(4
                * SEQUENCES), runner, late, new TopicHistory(replay)));
        worker.start();
        return worker;
    }
}
