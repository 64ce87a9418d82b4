package io.millrace.compose.pipeline;

import io.millrace.compose.role.TopicHistory;
import io.millrace.compose.role.TopicResults;
import io.millrace.inference.GenerationEvent;
import io.millrace.ingest.IngestOptions;
import io.millrace.ingest.PreparedGeneration;
import io.millrace.ingest.PreparedPrompt;
import io.millrace.ingest.PromptRunner;
import io.millrace.ingest.PromptWorker;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.Topics;
import io.millrace.sink.TakeoverReplay;
import io.millrace.sink.TopicWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Flux;

/** A worker in a process of its own, which a prompt with {@link #MARK} in its text ends as kill -9 would. Arguments: brokers, topic prefix and group. */
final class PoisonedWorker {
    static final String MARK = "poison";
    static final int STATUS = 137;

    private PoisonedWorker() {}

    public static void main(String[] arguments) {
        Map<String, Object> client = Map.of("bootstrap.servers", arguments[0]);
        var topics = new Topics(arguments[1]);
        var options = IngestOptions.of(client, topics).withGroup(arguments[1]);
        var writer = new TopicWriter(client, topics, name(ProcessHandle.current().pid()));
        var replay = new TakeoverReplay(client, topics.tokens());
        var worker = new PromptWorker(options, new PoisonedRunner(new ScriptedRunner()), new TopicResults(writer),
                new TopicHistory(replay));
        worker.start();
        worker.ended().join();
    }

    static String name(long pid) {
        return "worker-of-process-" + pid;
    }

    private record PoisonedRunner(PromptRunner healthy) implements PromptRunner {
        @Override
        public String model() {
            return healthy.model();
        }

        @Override
        public PreparedPrompt prepare(Prompt prompt) {
            var prepared = (PreparedGeneration) healthy.prepare(prompt);
            return new PreparedGeneration() {
                @Override
                public int promptTokens() {
                    return prepared.promptTokens();
                }

                @Override
                public Flux<GenerationEvent> generate(List<Integer> answerTokens, Optional<Instant> deadline) {
                    if (prompt.prompt().contains(MARK)) {
                        Runtime.getRuntime().halt(STATUS);
                    }
                    return prepared.generate(answerTokens, deadline);
                }
            };
        }
    }
}
