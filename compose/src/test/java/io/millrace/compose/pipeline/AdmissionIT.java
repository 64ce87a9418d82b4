package io.millrace.compose.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.DeadLetterHeaders;
import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Task;
import io.millrace.schemas.ToolUse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class AdmissionIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

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
    void aPromptThatCannotBeReadIsADeadLetterWithAReasonAndTheStreamGoesOn() throws Exception {
        byte[] value = "{\"prompt\":\"x\",\"temprature\":1}".getBytes(UTF_8);
        pipeline.sendRaw("bad".getBytes(UTF_8), value);
        pipeline.send("good", "2 tokens");
        try (var _ = Worker.start(pipeline, runner)) {
            var completion = pipeline.completion("bad");
            assertThat(completion.finishReason()).isEqualTo(FinishReason.ERROR);
            assertThat(completion.error().code()).isEqualTo("invalid_prompt");
            assertThat(completion.error().message()).contains("temprature");
            assertThat(pipeline.stream("bad")).singleElement().isInstanceOf(TokenEvent.Failed.class);
            var letter = pipeline.deadLetters.await(1).getFirst();
            assertThat(letter.key()).isEqualTo("bad".getBytes(UTF_8));
            assertThat(letter.value()).isEqualTo(value);
            assertThat(header(letter, DeadLetterHeaders.ERROR)).isEqualTo("invalid_prompt");
            assertThat(header(letter, DeadLetterHeaders.REASON)).contains("temprature");
            assertThat(header(letter, DeadLetterHeaders.TOPIC)).isEqualTo(pipeline.topics.prompts());
            assertThat(header(letter, DeadLetterHeaders.OFFSET)).isEqualTo("0");
            assertThat(pipeline.completion("good").text()).isEqualTo("w0 w1 ");
        }
    }

    @Test
    void whateverIsWrittenEndsInOneCompletion() throws Exception {
        pipeline.sendRaw(1, null, "2 tokens");
        pipeline.sendRaw(2, null, " {\"prompt\": ");
        pipeline.sendRaw(new byte[]{(byte) 0xff}, "2 tokens".getBytes(UTF_8));
        pipeline.sendRaw("tombstone".getBytes(UTF_8), null);
        pipeline.sendRaw("large", "x".repeat(100_001));
        pipeline.sendRaw("refused", "a refusal");
        pipeline.sendRaw("failed", "a failure");
        try (var _ = Worker.start(pipeline, runner)) {
            var completions = pipeline.completions.await(7);
            assertThat(completions).hasSize(7);
            assertThat(pipeline.completion("1-0").text()).isEqualTo("w0 w1 ");
            assertThat(pipeline.completion("tombstone").error().code()).isEqualTo("invalid_prompt");
            assertThat(pipeline.completion("large").error().code())
                    .isEqualTo(ErrorCode.PROMPT_TOO_LARGE.text());
            assertThat(pipeline.completion("refused").error().message()).isEqualTo("the script says so");
            assertThat(pipeline.completion("failed").error().code()).isEqualTo(ErrorCode.INTERNAL.text());
            // a failure of the engine is no fault of the prompt
            assertThat(pipeline.deadLetters.await(5)).hasSize(5);
        }
    }

    @Test
    void whatIsSaidAboutARefusalGoesUnderTheIdThatTheValueGives() throws Exception {
        pipeline.sendRaw(0, null, "{\"id\":\"mt0\",\"prompt\":\"Once\",\"max_tokens\":0}");
        pipeline.sendRaw(0, "key", "{\"id\":\"unknown\",\"prompt\":\"Once\",\"temprature\":1}");
        pipeline.sendRaw(0, null, "{\"prompt\":\"Once\",\"messages\":[],\"id\":\"both\"}");
        pipeline.sendRaw(0, null, "{\"prompt\":\"" + "x".repeat(100_001) + "\",\"id\":\"large\"}");
        try (var _ = Worker.start(pipeline, runner)) {
            for (var id : List.of("mt0", "unknown", "both", "large")) {
                assertThat(pipeline.completion(id).finishReason()).isEqualTo(FinishReason.ERROR);
                assertThat(pipeline.stream(id)).singleElement().isInstanceOf(TokenEvent.Failed.class);
            }
            assertThat(pipeline.completions.await(4)).hasSize(4);
        }
    }

    @Test
    void aRefusalDoesNotDisturbThePromptThatRunsUnderTheSameId() throws Exception {
        pipeline.sendRaw(0, "key", "{\"id\":\"twin\",\"prompt\":\"20 tokens every 50 ms\"}");
        pipeline.sendRaw(0, null, "{\"id\":\"twin\",\"prompt\":\"5 tokens\",\"max_tokens\":0}");
        try (var _ = Worker.start(pipeline, runner)) {
            assertThat(pipeline.completion("0-1").error().message()).contains("max_tokens");
            assertThat(pipeline.completion("twin").text()).isEqualTo(ScriptedRunner.text(20));
            assertThat(pipeline.stream("twin")).hasSize(22);
        }
    }

    @Test
    void aDeadLetterTooLargeForItsTopicGoesWithoutItsValue() throws Exception {
        // with the headers it is more than the 16 MiB the topic takes
        pipeline.sendRaw("huge".getBytes(UTF_8), new byte[(16 << 20) - 200]);
        pipeline.send("good", "1 tokens");
        try (var _ = Worker.start(pipeline, runner)) {
            assertThat(pipeline.completion("huge").error().code())
                    .isEqualTo(ErrorCode.PROMPT_TOO_LARGE.text());
            var letter = pipeline.deadLetters.await(1).getFirst();
            assertThat(letter.value()).isNull();
            assertThat(header(letter, DeadLetterHeaders.OFFSET)).isEqualTo("0");
            pipeline.completion("good");
        }
    }

    @Test
    void aLongGenerationHoldsUpNoOtherOfItsPartition() throws Exception {
        pipeline.sendRaw(0, "long", "nothing ever");
        for (int i = 0; i < 30; i++) {
            pipeline.sendRaw(0, "p" + i, "2 tokens");
        }
        try (var _ = Worker.start(pipeline, runner, options -> options.withMaxInFlight(2))) {
            assertThat(pipeline.completions.await(30)).hasSize(30);
            pipeline.cancel("long");
            pipeline.completion("long");
        }
    }

    @Test
    void noMoreThanTheLimitIsInHandAtATime() {
        for (int i = 0; i < 40; i++) {
            pipeline.send("p" + i, "5 tokens every 4 ms");
        }
        try (var _ = Worker.start(pipeline, runner, options -> options.withMaxInFlight(3))) {
            pipeline.completions.await(40);
            assertThat(runner.mostRunning.get()).isBetween(2, 3);
        }
    }

    @Test
    void aRunningPromptIsCancelledWithTheTextSoFar() {
        pipeline.send("p", "100000 tokens every 5 ms");
        try (var _ = Worker.start(pipeline, runner)) {
            pipeline.awaitTokens("p", 3);
            pipeline.cancel("p");
            var completion = pipeline.completion("p");
            assertThat(completion.finishReason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(completion.usage().completionTokens()).isGreaterThanOrEqualTo(3);
            assertThat(completion.text()).isEqualTo(ScriptedRunner.text(completion.usage().completionTokens()));
            assertThat(pipeline.stream("p").getLast()).isInstanceOfSatisfying(TokenEvent.Completed.class,
                    last -> assertThat(last.seq()).isEqualTo(completion.usage().completionTokens()));
            assertThat(runner.running).hasValue(0);
        }
    }

    @Test
    void aPromptCancelledInTheQueueIsNotComputed() throws Exception {
        pipeline.sendRaw(0, "before", "nothing ever");
        pipeline.sendRaw(0, "waiting", "5 tokens");
        pipeline.cancel("waiting");
        try (var _ = Worker.start(pipeline, runner, options -> options.withMaxInFlight(1))) {
            // frees the only place
            pipeline.cancel("before");
            assertThat(pipeline.completion("before").finishReason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(pipeline.completion("waiting").finishReason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(runner.runs).doesNotContainKey("waiting");
        }
    }

    @Test
    void aPromptThatWaitedPastItsDeadlineIsNotComputed() {
        pipeline.sender.send(deadline("late", "5 tokens", 1)).join();
        pipeline.sender.send(deadline("in time", "5 tokens", 600_000)).join();
        pipeline.sender.send(deadline("stuck", "nothing ever", 3_000)).join();
        try (var _ = Worker.start(pipeline, runner)) {
            assertThat(pipeline.completion("late").error().code()).isEqualTo("deadline_exceeded");
            assertThat(pipeline.completion("in time").text()).isEqualTo(ScriptedRunner.text(5));
            // in the engine's own queue it waits in vain
            assertThat(pipeline.completion("stuck").error().code()).isEqualTo("deadline_exceeded");
            assertThat(runner.runs).doesNotContainKey("late");
            assertThat(runner.running).hasValue(0);
        }
    }

    @Test
    void aSecondPromptOfTheSameIdDoesNotDisturbTheFirst() throws Exception {
        pipeline.sendRaw(0, "twin", "20 tokens every 50 ms");
        pipeline.sendRaw(0, "twin", "5 tokens");
        try (var _ = Worker.start(pipeline, runner)) {
            assertThat(pipeline.completion("0-1").error().message()).contains("twin");
            assertThat(pipeline.completion("twin").text()).isEqualTo(ScriptedRunner.text(20));
            assertThat(pipeline.stream("twin")).hasSize(22);
            assertThat(runner.runs.get("twin")).hasValue(1);
        }
    }

    private static Prompt deadline(String id, String text, long millis) {
        var plain = Prompt.ofText(text);
        return new Prompt(id, null, null, new Task.Generate(), text, null, null, plain.sampling(), plain.stop(), null,
                null, null,
                ToolUse.NONE, null, millis, null);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
