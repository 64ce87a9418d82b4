package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.program.Program;
import io.millrace.ingest.IngestOptions;
import io.millrace.schemas.Completion;
import io.millrace.schemas.DeadLetterHeaders;
import io.millrace.schemas.FinishReason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A prompt that ends whatever process runs it, among others that are harmless. */
@Tag("long")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class PoisonPromptIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private static final int HARMLESS = 12;

    @Test
    void isTriedThreeTimesAndBecomesADeadLetterWhileTheOthersOfItsPartitionComplete() throws Exception {
        try (var pipeline = new Pipeline(CLUSTER); var group = new WorkerGroup(pipeline, pipeline.topics.prefix())) {
            // a dead worker's partitions are another's after this time
            group.sessionTimeout(WorkerGroup.SHORTEST_SESSION);
            for (int i = 0; i < HARMLESS; i++) {
                if (i == HARMLESS / 2) {
                    pipeline.sendRaw(0, "bad", "10 tokens " + PoisonedWorker.MARK);
                }
                pipeline.sendRaw(0, "good-" + i, "20 tokens every 5 ms");
            }
            var dead = new ArrayList<Long>();
            var worker = start(pipeline);
            while (!isDone(pipeline, worker)) {
                assertThat(worker.status()).as(worker.err()).isEqualTo(PoisonedWorker.STATUS);
                dead.add(worker.pid());
                worker.close();
                worker = start(pipeline);
            }
            worker.close();
            assertThat(dead).hasSize(IngestOptions.DEFAULT_MAX_ATTEMPTS);
            assertWhatIsKnown(pipeline, dead.getLast());
        }
    }

    /** Waits until every prompt has its completion, or the worker has died. */
    private static boolean isDone(Pipeline pipeline, Program worker) {
        return pipeline.completions.await(all -> all.size() > HARMLESS || !worker.isAlive()).size() > HARMLESS;
    }

    private static void assertWhatIsKnown(Pipeline pipeline, long lastPid) {
        List<Completion> completions = pipeline.completions.await(HARMLESS + 1);
        assertThat(completions).extracting(Completion::id).doesNotHaveDuplicates();
        assertThat(completions).filteredOn(completion -> completion.id().startsWith("good"))
                .allSatisfy(completion -> {
                    assertThat(completion.finishReason()).as(completion.toString()).isEqualTo(FinishReason.STOP);
                    assertThat(completion.text()).isEqualTo(ScriptedRunner.text(20));
                });
        var bad = pipeline.completion("bad");
        assertThat(bad.error().code()).isEqualTo("gave_up");
        assertThat(bad.attempt()).isEqualTo(IngestOptions.DEFAULT_MAX_ATTEMPTS);
        assertThat(bad.error().message()).contains("begun 3 times", PoisonedWorker.name(lastPid));
        var letters = pipeline.deadLetters.await(1);
        assertThat(letters).singleElement().satisfies(letter -> {
            assertThat(letter.key()).asString(StandardCharsets.UTF_8).isEqualTo("bad");
            assertThat(letter.headers().lastHeader(DeadLetterHeaders.ERROR).value()).asString(StandardCharsets.UTF_8)
                    .isEqualTo("gave_up");
            assertThat(letter.headers().lastHeader(DeadLetterHeaders.REASON).value()).asString(StandardCharsets.UTF_8)
                    .isEqualTo(bad.error().message());
        });
    }

    private static Program start(Pipeline pipeline) {
        return Program.ofClass(PoisonedWorker.class, CLUSTER.address().bootstrapServers(), pipeline.topics.prefix());
    }
}
