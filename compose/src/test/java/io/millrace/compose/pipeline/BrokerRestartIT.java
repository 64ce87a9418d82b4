package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;

@Tag("long")
@OnEveryKafka
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class BrokerRestartIT {
    private static final int PROMPTS = 40;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Parameter
    Kafka kafka;

    @Test
    void aBrokerThatRestartsCostsTimeAndNoPrompt() throws Exception {
        try (var broker = kafka.start()) {
            restartWhileAtWork(broker, Map.of("bootstrap.servers", broker.bootstrapServers()));
        }
    }

    private static void restartWhileAtWork(TestBroker broker, Map<String, Object> settings) {
        var topics = Topics.DEFAULT;
        var address = BrokerAddress.parse(broker.bootstrapServers());
        TopicSetup.ensure(address, topics, 2);
        try (var sender = new PromptSender(address, topics)) {
            for (int i = 0; i < PROMPTS; i++) {
                sender.send(Prompt.ofText("40 tokens every 20 ms").withId("p" + i)).join();
            }
        }
        try (var writer = new TopicWriter(settings, topics, "w");
                var replay = new TakeoverReplay(settings, topics.tokens());
                var worker = new PromptWorker(IngestOptions.of(settings, topics).withMaxInFlight(8),
                        new ScriptedRunner(), new TopicResults(writer), new TopicHistory(replay));
                var hub = new StreamHub(new StreamHub.Options(settings, topics.tokens()))) {
            worker.start();
            hub.start();
            try (var before = completions(settings, topics)) {
                before.await(8);
            }
            assertThat(hub.isHealthy()).isTrue();
            broker.stop();
            await(() -> !hub.isHealthy());
            broker.startAgain();
            await(hub::isHealthy);
            try (var after = completions(settings, topics)) {
                assertThat(after.await(PROMPTS)).hasSize(PROMPTS).extracting(Completion::id).doesNotHaveDuplicates();
                assertThat(after.await(PROMPTS)).extracting(Completion::text).containsOnly(ScriptedRunner.text(40));
            }
            assertThat(worker.ended()).isNotDone();
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
