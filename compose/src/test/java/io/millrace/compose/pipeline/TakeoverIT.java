package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.PreparedPrompt;
import io.millrace.ingest.PromptRunner;
import io.millrace.schemas.ErrorDetail;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.Result;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TokenEvent.Completed;
import io.millrace.schemas.TokenEvent.Failed;
import io.millrace.schemas.TokenEvent.Started;
import io.millrace.schemas.TokenEvent.Token;
import io.millrace.schemas.Timings;
import io.millrace.schemas.Usage;
import io.millrace.sink.TopicWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;

/** What a worker makes of prompts that another one began. The other one's events are written by hand where it must be known when it died. */
@OnEveryKafka
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class TakeoverIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    /** Where the first prompt of a test lies. */
    private static final String ORIGIN = "0-0";

    private final ScriptedRunner runner = new ScriptedRunner();
    @Parameter
    Kafka kafka;

    private Pipeline pipeline;
    private TopicWriter earlier;

    @BeforeEach
    void open() {
        pipeline = new Pipeline(CLUSTER.on(kafka));
        earlier = new TopicWriter(pipeline.clientSettings, pipeline.topics, "earlier-" + UUID.randomUUID());
    }

    @AfterEach
    void close() {
        // absent where there is no such Kafka
        if (pipeline != null) {
            earlier.close();
            pipeline.close();
        }
    }

    private void send(String id, String prompt) throws Exception {
        pipeline.sendRaw(0, id, prompt);
    }

    /** An attempt's beginning, and the tokens that it had. */
    private void began(String id, int attempt, int from, int to) {
        earlier.publish(new Started(id, attempt, runner.model(), 3, 0), ORIGIN);
        tokens(id, attempt, from, to);
    }

    private void tokens(String id, int attempt, int from, int to) {
        for (int seq = from; seq < to; seq++) {
            earlier.publish(new Token(id, attempt, seq, "w" + seq + " ", 1000 + seq), ORIGIN);
        }
        earlier.flush();
    }

    @Test
    void aStreamGoesOnWhereItsWorkerEnded() {
        pipeline.send("long", "400 tokens every 10 ms");
        try (var _ = Worker.start(pipeline, runner)) {
            pipeline.awaitTokens("long", 20);
        }
        try (var _ = Worker.start(pipeline, runner)) {
            var completion = pipeline.completion("long");
            assertThat(completion.attempt()).isEqualTo(2);
            assertThat(completion.text()).isEqualTo(ScriptedRunner.text(400));
            assertThat(completion.usage().completionTokens()).isEqualTo(400);
            assertThat(completion.finishReason()).isEqualTo(FinishReason.STOP);
        }
        List<TokenEvent> stream = pipeline.stream("long");
        var tokens = stream.stream().filter(Token.class::isInstance).map(Token.class::cast).toList();
        assertThat(tokens).extracting(Token::seq).as("each once, in order").isSorted().doesNotHaveDuplicates()
                .hasSize(400);
        assertThat(stream.stream().filter(Started.class::isInstance)).extracting(TokenEvent::attempt)
                .containsExactly(1, 2);
        assertThat(tokens.getLast().attempt()).isEqualTo(2);
    }

    @Test
    void aTaskThatWasDoneIsOnlyCompletedAndOneThatWasBegunIsDoneAgain() throws Exception {
        send("done", "{\"task\":\"embed\",\"prompt\":\"a\"}");
        began("done", 1, 0, 0);
        var result = new Result.Embedding(List.of(1f, 0f));
        earlier.publish(new Completed("done", 1, 0, FinishReason.STOP, new Usage(3, 0, 0), new Timings(0, 1, 0), null,
                result), ORIGIN);
        earlier.flush();
        pipeline.sendRaw(0, "begun", "{\"task\":\"embed\",\"prompt\":\"a\"}");
        earlier.publish(new Started("begun", 1, runner.model(), 3, 0), "0-1");
        earlier.flush();
        try (var _ = Worker.start(pipeline, runner)) {
            assertThat(pipeline.completion("done").result()).isEqualTo(result);
            assertThat(pipeline.completion("done").attempt()).isEqualTo(1);
            assertThat(pipeline.completion("begun").result()).isEqualTo(new Result.Embedding(List.of(0.6f, -0.8f)));
            assertThat(pipeline.completion("begun").attempt()).isEqualTo(2);
        }
        assertThat(runner.runs).containsOnlyKeys("begun");
    }

    @Test
    void eventsThatASlowWorkerWritesAfterItsSuccessorBeganAreNotContinued() throws Exception {
        send("p", "10 tokens");
        began("p", 1, 0, 3);
        began("p", 2, 3, 5);
        tokens("p", 1, 3, 8);
        try (var _ = Worker.start(pipeline, runner)) {
            assertThat(pipeline.completion("p").attempt()).isEqualTo(3);
            assertThat(pipeline.completion("p").text()).isEqualTo(ScriptedRunner.text(10));
        }
        assertThat(pipeline.stream("p").stream().filter(event -> event.attempt() == 3 && event instanceof Token)
                .map(event -> ((Token) event).seq())).containsExactly(5, 6, 7, 8, 9);
    }

    @Test
    void aStreamThatHasItsEndOnlyGetsItsCompletion() throws Exception {
        send("p", "10 tokens");
        began("p", 1, 0, 7);
        earlier.publish(new Completed("p", 1, 7, FinishReason.LENGTH, new Usage(3, 7, 1), new Timings(1, 2, 3)),
                ORIGIN);
        earlier.flush();
        try (var _ = Worker.start(pipeline, runner)) {
            var completion = pipeline.completion("p");
            assertThat(completion.attempt()).isEqualTo(1);
            assertThat(completion.text()).isEqualTo(ScriptedRunner.text(7));
            assertThat(completion.finishReason()).isEqualTo(FinishReason.LENGTH);
            assertThat(completion.usage()).isEqualTo(new Usage(3, 7, 1));
            assertThat(completion.timings()).isEqualTo(new Timings(1, 2, 3));
        }
        assertThat(runner.runs).isEmpty();
        assertThat(pipeline.stream("p").stream().filter(TokenEvent::isLast)).hasSize(1);
    }

    @Test
    void aStreamThatEndsWhileItIsTakenOverIsNotComputedFurther() throws Exception {
        send("p", "10 tokens");
        began("p", 1, 0, 6);
        try (var _ = Worker.start(pipeline, new EndsMeanwhile())) {
            var completion = pipeline.completion("p");
            assertThat(completion.text()).isEqualTo(ScriptedRunner.text(7));
            assertThat(completion.finishReason()).isEqualTo(FinishReason.LENGTH);
        }
        assertThat(runner.runs).isEmpty();
        assertThat(pipeline.stream("p").stream().filter(TokenEvent::isLast)).hasSize(1);
    }

    /** The earlier worker, which is only slow, ends the stream after this one has looked at it. */
    private final class EndsMeanwhile implements PromptRunner {
        @Override
        public String model() {
            return runner.model();
        }

        @Override
        public PreparedPrompt prepare(Prompt prompt) {
            tokens("p", 1, 6, 7);
            earlier.publish(new Completed("p", 1, 7, FinishReason.LENGTH, new Usage(3, 7, 1), new Timings(1, 2, 3)),
                    ORIGIN);
            earlier.flush();
            return runner.prepare(prompt);
        }
    }

    @Test
    void aStreamThatHasFailedIsNotComputedAgain() throws Exception {
        send("p", "10 tokens");
        began("p", 1, 0, 2);
        earlier.publish(new Failed("p", 1, new ErrorDetail("internal_error", "it is broken")), ORIGIN);
        earlier.flush();
        try (var _ = Worker.start(pipeline, runner)) {
            var completion = pipeline.completion("p");
            assertThat(completion.finishReason()).isEqualTo(FinishReason.ERROR);
            assertThat(completion.error().message()).isEqualTo("it is broken");
            assertThat(completion.text()).isEqualTo(ScriptedRunner.text(2));
        }
        assertThat(runner.runs).isEmpty();
    }

    @Test
    void aPromptThatKillsItsWorkersBecomesADeadLetter() throws Exception {
        send("poison", "10 tokens");
        send("good", "10 tokens");
        began("poison", 1, 0, 4);
        for (int attempt = 2; attempt <= 4; attempt++) {
            began("poison", attempt, 4, 4);
        }
        try (var _ = Worker.start(pipeline, runner)) {
            var completion = pipeline.completion("poison");
            assertThat(completion.error().code()).isEqualTo("gave_up");
            assertThat(completion.error().message()).contains("3 times");
            assertThat(completion.text()).isEqualTo(ScriptedRunner.text(4));
            var letter = pipeline.deadLetters.await(1).getFirst();
            assertThat(new String(letter.value(), StandardCharsets.UTF_8)).isEqualTo("10 tokens");
            assertThat(new String(letter.headers().lastHeader("millrace-error").value(), StandardCharsets.UTF_8))
                    .isEqualTo("gave_up");
            assertThat(pipeline.completion("good").finishReason()).isEqualTo(FinishReason.STOP);
        }
        assertThat(runner.runs).containsOnlyKeys("good");
    }

    @Test
    void aPromptThatMadeProgressIsTriedAgainHoweverOftenItsWorkerDied() throws Exception {
        send("p", "10 tokens");
        for (int attempt = 1; attempt <= 6; attempt++) {
            began("p", attempt, attempt - 1, attempt);
        }
        try (var _ = Worker.start(pipeline, runner)) {
            assertThat(pipeline.completion("p").text()).isEqualTo(ScriptedRunner.text(10));
            assertThat(pipeline.completion("p").attempt()).isEqualTo(7);
        }
    }

    @Test
    void whatWasStreamedBeforeACancelIsInTheCompletion() throws Exception {
        send("p", "nothing ever");
        began("p", 1, 0, 5);
        pipeline.cancel("p");
        try (var _ = Worker.start(pipeline, runner)) {
            var completion = pipeline.completion("p");
            assertThat(completion.finishReason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(completion.text()).isEqualTo(ScriptedRunner.text(5));
            assertThat(completion.usage().completionTokens()).isEqualTo(5);
        }
    }

    @Test
    void aDeadlineIsForBeginningNotForGoingOn() throws Exception {
        send("begun", "{\"prompt\":\"10 tokens\",\"deadline_ms\":1}");
        send("late", "{\"prompt\":\"10 tokens\",\"deadline_ms\":1}");
        began("begun", 1, 0, 5);
        try (var _ = Worker.start(pipeline, runner)) {
            assertThat(pipeline.completion("begun").text()).isEqualTo(ScriptedRunner.text(10));
            assertThat(pipeline.completion("late").error().code()).isEqualTo("deadline_exceeded");
        }
    }

    @Test
    void theStreamOfAnEarlierPromptWithTheSameIdIsNotContinued() throws Exception {
        began("p", 1, 0, 5);
        pipeline.sendRaw(1, "p", "10 tokens");
        try (var _ = Worker.start(pipeline, runner)) {
            assertThat(pipeline.completion("p").attempt()).isEqualTo(1);
            assertThat(pipeline.completion("p").text()).isEqualTo(ScriptedRunner.text(10));
        }
    }

    @Test
    void anotherModelsAnswerIsNotContinued() throws Exception {
        send("p", "10 tokens");
        earlier.publish(new Started("p", 1, "another-model", 3, 0), ORIGIN);
        tokens("p", 1, 0, 5);
        try (var _ = Worker.start(pipeline, runner)) {
            assertThat(pipeline.completion("p").error().message()).contains("another-model").contains("scripted");
            assertThat(pipeline.completion("p").text()).isEqualTo(ScriptedRunner.text(5));
        }
    }
}
