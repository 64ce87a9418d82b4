package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.Completion;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.TokenEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;

@OnEveryKafka
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ExactlyOnceIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private static final int PROMPTS = 200;

    @Parameter
    Kafka kafka;

    private Pipeline pipeline;

    @BeforeEach
    void open() {
        pipeline = new Pipeline(CLUSTER.on(kafka));
    }

    @AfterEach
    void close() {
        // absent where there is no such Kafka
        if (pipeline != null) {
            pipeline.close();
        }
    }

    @Test
    void everyPromptHasOneCompletionWithTheTextOfItsStream() {
        var random = new Random(7);
        var lengths = new ArrayList<Integer>();
        for (int i = 0; i < PROMPTS; i++) {
            lengths.add(1 + random.nextInt(40));
            pipeline.send("p" + i, lengths.get(i) + " tokens every " + random.nextInt(4) + " ms");
        }
        try (var _ = Worker.start(pipeline, new ScriptedRunner())) {
            assertThat(idsOf(pipeline.completions.await(PROMPTS))).hasSize(PROMPTS);
            for (int i = 0; i < PROMPTS; i++) {
                var completion = pipeline.completion("p" + i);
                assertThat(completion.text()).isEqualTo(ScriptedRunner.text(lengths.get(i)));
                assertThat(completion.finishReason()).isEqualTo(FinishReason.STOP);
                assertThat(completion.usage().completionTokens()).isEqualTo(lengths.get(i));
                assertThat(textOf(pipeline.stream("p" + i))).isEqualTo(completion.text());
            }
        }
    }

    @Test
    void aWorkerThatStartsAgainDoesNothingTwice() {
        var runner = new ScriptedRunner();
        pipeline.send("slow", "nothing ever");
        try (var _ = Worker.start(pipeline, runner)) {
            for (int i = 0; i < 50; i++) {
                pipeline.send("p" + i, "3 tokens");
            }
            pipeline.completions.await(50);
        }
        // "slow" holds the offset of its partition back: what came after it is known from the metadata alone
        pipeline.cancel("slow");
        try (var _ = Worker.start(pipeline, runner)) {
            pipeline.send("last", "3 tokens");
            assertThat(pipeline.completion("slow").finishReason()).isEqualTo(FinishReason.CANCELLED);
            pipeline.completion("last");
            assertThat(idsOf(pipeline.completions.await(52))).hasSize(52);
        }
        runner.runs.forEach((id, times) -> assertThat(times).as(id).hasValue(1));
    }

    @Test
    void partitionsChangeHandsWithoutLossOrRepetition() {
        for (int i = 0; i < PROMPTS; i++) {
            pipeline.send("p" + i, "10 tokens every 10 ms");
        }
        var first = Worker.start(pipeline, new ScriptedRunner(), options -> options.withMaxInFlight(8));
        pipeline.completions.await(20);
        var runnerOfSecond = new ScriptedRunner();
        try (var _ = Worker.start(pipeline, runnerOfSecond, options -> options.withMaxInFlight(8))) {
            pipeline.completions.await(_ -> !runnerOfSecond.runs.isEmpty());
            first.close();
            assertThat(idsOf(pipeline.completions.await(PROMPTS))).hasSize(PROMPTS);
            // one more behind the last, to see that nothing comes after it either
            pipeline.send("end", "1 tokens");
            pipeline.completion("end");
            assertThat(pipeline.completions.await(PROMPTS + 1)).hasSize(PROMPTS + 1);
        }
    }

    @Test
    void aClosingWorkerLetsPromptsFinishForAWhile() {
        var worker = Worker.start(pipeline, new ScriptedRunner(),
                options -> options.withDrainTimeout(Duration.ofSeconds(20)));
        pipeline.send("p", "50 tokens every 10 ms");
        pipeline.awaitTokens("p", 1);
        worker.close();
        assertThat(pipeline.completion("p").text()).isEqualTo(ScriptedRunner.text(50));
        assertThat(worker.worker.ended()).isCompleted();
    }

    private static Set<String> idsOf(List<Completion> completions) {
        var ids = new HashSet<String>();
        for (var completion : completions) {
            assertThat(ids.add(completion.id())).as("second completion of " + completion.id()).isTrue();
        }
        return ids;
    }

    private static String textOf(List<TokenEvent> stream) {
        var text = new StringBuilder();
        int seq = 0;
        for (var event : stream) {
            if (event instanceof TokenEvent.Token token) {
                assertThat(token.seq()).isEqualTo(seq++);
                text.append(token.text());
            }
        }
        return text.toString();
    }
}
