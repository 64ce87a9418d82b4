package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.Completion;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who comes first when more is asked for than can be done at a time. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class FairIntakeIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private static final String SHORT = "1 tokens every 10 ms";
    /** What a worker sees ahead takes it a moment to read, while it works on what it has seen first. */
    private static final int SOON = 200;

    private final ScriptedRunner runner = new ScriptedRunner();
    private Pipeline pipeline;

    @BeforeEach
    void open() {
        pipeline = new Pipeline(CLUSTER);
    }

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void aBusyPartitionDoesNotStarveTheOthers() throws Exception {
        for (int i = 0; i < 1000; i++) {
            pipeline.sendRaw(0, null, SHORT);
        }
        for (int partition = 1; partition < Cluster.PARTITIONS; partition++) {
            pipeline.sendRaw(partition, null, SHORT);
        }
        try (var _ = Worker.start(pipeline, runner, options -> options.withMaxInFlight(2))) {
            assertThat(List.of(place("1-0"), place("2-0"), place("3-0"))).allMatch(place -> place < SOON);
        }
    }

    @Test
    void aBusyKeyDoesNotStarveTheOthersOfItsPartition() throws Exception {
        for (int i = 0; i < 400; i++) {
            pipeline.sendRaw(0, "busy", "{\"id\":\"busy" + i + "\",\"prompt\":\"" + SHORT + "\"}");
        }
        pipeline.sendRaw(0, "busy", "{\"id\":\"talk\",\"conversation\":\"talk\",\"prompt\":\"" + SHORT + "\"}");
        pipeline.sendRaw(0, "single", SHORT);
        try (var _ = Worker.start(pipeline, runner, options -> options.withMaxInFlight(2))) {
            assertThat(place("talk")).isLessThan(SOON);
            assertThat(place("single")).isLessThan(SOON);
        }
    }

    @Test
    void aHighPriorityGoesBeforeWhatCameEarlier() throws Exception {
        for (int i = 0; i < 400; i++) {
            pipeline.sendRaw(0, null, SHORT);
        }
        pipeline.sendRaw(0, null, "{\"id\":\"urgent\",\"priority\":9,\"prompt\":\"" + SHORT + "\"}");
        try (var _ = Worker.start(pipeline, runner, options -> options.withMaxInFlight(2))) {
            assertThat(place("urgent")).isLessThan(SOON);
        }
    }

    /** How many prompts were completed before this one. */
    private int place(String id) {
        return pipeline.completions.await(all -> all.stream().anyMatch(one -> one.id().equals(id))).stream()
                .map(Completion::id).toList().indexOf(id);
    }
}
