package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.IngestOptions;
import io.millrace.ingest.IntakeMode;
import io.millrace.schemas.Completion;
import io.millrace.schemas.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workers that share prompts one by one, on a topic that has one partition. */
@Tag("long")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ShareIntakeIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private static final String LONG = "60 tokens every 100 ms";
    private static final int LONG_TOKENS = 60;
    private static final Duration SHORT_LOCK = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Pipeline pipeline;
    private Admin admin;

    @BeforeEach
    void open() {
        pipeline = new Pipeline(CLUSTER.address(), CLUSTER.newTopics(1));
        admin = Admin.create(pipeline.clientSettings);
    }

    @AfterEach
    void close() {
        admin.close();
        pipeline.close();
    }

    @Test
    void moreWorkersThanPartitionsAllHaveWork() throws Exception {
        int prompts = 120;
        for (int i = 0; i < prompts; i++) {
            pipeline.send("p" + i, "10 tokens every 20 ms");
        }
        var runners = Stream.generate(ScriptedRunner::new).limit(3).toList();
        try (var _ = start(runners.get(0)); var _ = start(runners.get(1)); var _ = start(runners.get(2))) {
            assertThat(pipeline.completions.await(prompts)).extracting(Completion::id).doesNotHaveDuplicates()
                    .hasSize(prompts);
            assertThat(runners).allSatisfy(runner -> {
                assertThat(runner.runs).hasSizeGreaterThan(prompts / 10);
                assertThat(runner.mostRunning.get()).isLessThanOrEqualTo(2);
            });
            awaitAllAcknowledged();
        }
    }

    @Test
    void aPromptThatTakesLongerThanItsLockRunsOnce() throws Exception {
        setLock(SHORT_LOCK);
        var runners = List.of(new ScriptedRunner(), new ScriptedRunner());
        try (var _ = start(runners.get(0)); var _ = start(runners.get(1))) {
            pipeline.send("long", LONG);
            assertThat(pipeline.completion("long").text()).isEqualTo(ScriptedRunner.text(LONG_TOKENS));
            awaitAllAcknowledged();
            assertThat(runners.stream().mapToInt(runner -> runner.runs.size()).sum()).isEqualTo(1);
            pipeline.send("next", "1 tokens");
            pipeline.completion("next");
            assertThat(pipeline.completions.await(2)).hasSize(2);
        }
    }

    @Test
    void aWorkerThatClosesMidWayHandsOver() throws Exception {
        pipeline.send("long", LONG);
        var first = start(new ScriptedRunner());
        pipeline.awaitTokens("long", 3);
        var runnerOfSecond = new ScriptedRunner();
        try (var _ = start(runnerOfSecond)) {
            first.close();
            assertThat(pipeline.completion("long").text()).isEqualTo(ScriptedRunner.text(LONG_TOKENS));
            assertThat(pipeline.completion("long").attempt()).isEqualTo(2);
            assertThat(runnerOfSecond.runs).containsOnlyKeys("long");
            awaitAllAcknowledged();
            assertThat(pipeline.completions.await(1)).hasSize(1);
        }
    }

    @Test
    void aClosingWorkerLetsItsPromptFinishForAWhile() throws Exception {
        var worker = Worker.start(pipeline, new ScriptedRunner(),
                options -> sharing(options).withDrainTimeout(Duration.ofSeconds(20)));
        pipeline.send("p", "50 tokens every 10 ms");
        pipeline.awaitTokens("p", 1);
        worker.close();
        assertThat(pipeline.completion("p").text()).isEqualTo(ScriptedRunner.text(50));
        awaitAllAcknowledged();
    }

    @Test
    void aPromptThatCannotBeReadIsADeadLetterAndIsNotDeliveredAgain() throws Exception {
        pipeline.sendRaw("bad", "{\"prompt\":");
        try (var _ = start(new ScriptedRunner())) {
            assertThat(pipeline.completion("bad").error().code()).isEqualTo(ErrorCode.INVALID_PROMPT.text());
            assertThat(pipeline.deadLetters.await(1)).hasSize(1);
            awaitAllAcknowledged();
        }
    }

    private Worker start(ScriptedRunner runner) {
        return Worker.start(pipeline, runner, this::sharing);
    }

    private IngestOptions sharing(IngestOptions options) {
        return options.withIntake(IntakeMode.SHARE, group()).withMaxInFlight(2);
    }

    private String group() {
        return pipeline.topics.prefix();
    }

    private void setLock(Duration lock) throws Exception {
        var setting = new ConfigEntry("share.record.lock.duration.ms", String.valueOf(lock.toMillis()));
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, group()),
                List.of(new AlterConfigOp(setting, AlterConfigOp.OpType.SET)))).all().get();
    }

    /** Waits until no prompt can be delivered again. */
    private void awaitAllAcknowledged() throws Exception {
        var partition = new TopicPartition(pipeline.topics.prompts(), 0);
        Optional<Long> lag = Optional.empty();
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!lag.equals(Optional.of(0L))) {
            assertThat(System.nanoTime()).as("lag %s", lag).isLessThan(deadlineNanos);
            lag = admin.listShareGroupOffsets(Map.of(group(), new ListShareGroupOffsetsSpec()))
                    .partitionsToOffsetInfo(group()).get().get(partition).lag();
        }
    }
}
