package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.broker.EmbeddedBroker;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.client.PromptSender;
import io.millrace.compose.role.TopicHistory;
import io.millrace.compose.role.TopicResults;
import io.millrace.compose.role.TopicSetup;
import io.millrace.ingest.IngestOptions;
import io.millrace.ingest.PromptWorker;
import io.millrace.schemas.Completion;
import io.millrace.schemas.CompletionCodec;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.Topics;
import io.millrace.sink.StreamHub;
import io.millrace.sink.TakeoverReplay;
import io.millrace.sink.TopicWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class BrokerRestartIT {
    private static final int PROMPTS = 40;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path data;

    @Test
    void aBrokerThatRestartsCostsTimeAndNoPrompt() {
        var topics = Topics.DEFAULT;
        var first = new EmbeddedBroker(data, 0);
        first.start();
        String servers = first.bootstrapServers();
        int port = Integer.parseInt(servers.substring(servers.indexOf(':') + 1));
        Map<String, Object> settings = Map.of("bootstrap.servers", servers);
        TopicSetup.ensure(BrokerAddress.parse(servers), topics, 2);
        try (var sender = new PromptSender(BrokerAddress.parse(servers), topics)) {
            for (int i = 0; i < PROMPTS; i++) {
                sender.send(Prompt.ofText("40 tokens every 20 ms").withId("p" + i)).join();
            }
        }
        var writer = new TopicWriter(settings, topics, "w");
        var replay = new TakeoverReplay(settings, topics.tokens());
        var worker = new PromptWorker(IngestOptions.of(settings, topics).withMaxInFlight(8), new ScriptedRunner(),
                new TopicResults(writer), new TopicHistory(replay));
        worker.start();
        var hub = new StreamHub(new StreamHub.Options(settings, topics.tokens()));
        hub.start();
        try (var second = new EmbeddedBroker(data, port)) {
            try (var before = completions(settings, topics)) {
                before.await(8);
            }
            assertThat(hub.isHealthy()).isTrue();
            first.close();
            await(() -> !hub.isHealthy());
            second.start();
            await(hub::isHealthy);
            try (var after = completions(settings, topics)) {
                assertThat(after.await(PROMPTS)).hasSize(PROMPTS).extracting(Completion::id).doesNotHaveDuplicates();
                assertThat(after.await(PROMPTS)).extracting(Completion::text).containsOnly(ScriptedRunner.text(40));
            }
            assertThat(worker.ended()).isNotDone();
            hub.close();
            worker.close();
            replay.close();
            writer.close();
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("condition within " + PATIENCE).isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private static TopicProbe<Completion> completions(Map<String, Object> settings, Topics topics) {
        return new TopicProbe<>(settings, topics.completions(), record -> new CompletionCodec().decode(record.value()));
    }
}
