package io.millrace.inference;

import static io.millrace.inference.TestModels.encode;
import static io.millrace.inference.TestModels.ids;
import static io.millrace.inference.TestModels.request;
import static io.millrace.inference.TestModels.run;
import static io.millrace.inference.TestModels.seeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.inference.GenerationEvent.Started;
import io.millrace.inference.GenerationEvent.Token;
import io.millrace.inference.GenerationException.Kind;
import io.millrace.inference.grammar.Grammar;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

@Timeout(60)
class EngineMemoryTest {
    private static final int CONTEXT = 128;

    /** Memory for one generation at full length. */
    private static Engine narrow(LanguageModel model) {
        return Engine.start(model, options(model).withCacheTokens(CONTEXT));
    }

    private static EngineOptions options(LanguageModel model) {
        return EngineOptions.defaults(model).withContextLength(CONTEXT).withMaxSequences(6).withThreads(2);
    }

    private static List<GenerationRequest> requests(LanguageModel model) {
        Grammar words = Grammar.parse("root ::= ([a-z]+ \" \")+ \"end.\"");
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            var prompt = encode(model, "Once upon a time there was a little boat " + "and a fish ".repeat(i));
            requests.add(request(prompt, 90 - 5 * i, i == 0 ? SamplingOptions.GREEDY : seeded(i))
                    .withGrammar(i % 3 == 2 ? Optional.of(words) : Optional.empty()));
        }
        return requests;
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "stories260K"})
    void whoIsPreemptedGoesOnAsIfNothingHadHappened(String name) {
        try (LanguageModel model = TestModels.open(name);
                Engine narrow = narrow(model);
                Engine wide = Engine.start(model, options(model))) {
            List<List<Integer>> alone = requests(model).stream().map(request -> ids(run(wide, request))).toList();
            List<List<GenerationEvent>> together = Flux.fromIterable(requests(model))
                    .flatMapSequential(request -> narrow.generate(request).collectList(), 8).collectList().block();
            assertThat(together).extracting(TestModels::ids).containsExactlyElementsOf(alone);
            assertThat(together).allSatisfy(events -> {
                assertThat(events).filteredOn(Started.class::isInstance).hasSize(1);
                assertThat(events.stream().filter(Token.class::isInstance).map(event -> ((Token) event).index()))
                        .containsExactlyElementsOf(IntStream.range(0, ids(events).size()).boxed().toList());
            });
            assertThat(narrow.statistics().preemptions()).isPositive();
            assertThat(wide.statistics().preemptions()).isZero();
            assertThat(narrow.statistics().cacheBytes()).isLessThan(wide.statistics().cacheBytes());
        }
    }

    private static final class Paused extends BaseSubscriber<GenerationEvent> {
        final List<GenerationEvent> events = new ArrayList<>();
        final CountDownLatch paused = new CountDownLatch(40);
        final CountDownLatch ended = new CountDownLatch(1);

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            request(paused.getCount());
        }

        @Override
        protected void hookOnNext(GenerationEvent event) {
            events.add(event);
            paused.countDown();
        }

        @Override
        protected void hookOnComplete() {
            ended.countDown();
        }
    }

    @Test
    void whoDoesNotAskForMoreMakesRoomForThoseWhoDo() throws InterruptedException {
        try (LanguageModel model = LanguageModel.demo(); Engine engine = narrow(model)) {
            var request = request(encode(model, "Once upon a time"), 110, seeded(3));
            var paused = new Paused();
            engine.generate(request).subscribe(paused);
            assertThat(paused.paused.await(30, TimeUnit.SECONDS)).isTrue();
            List<Integer> other = ids(run(engine, request));
            assertThat(paused.events).hasSize(40);
            assertThat(engine.statistics().preemptions()).isEqualTo(1);
            paused.requestUnbounded();
            assertThat(paused.ended.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(ids(paused.events)).isEqualTo(other);
        }
    }

    @Test
    void whatWaitedPastItsDeadlineIsNotComputed() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        try (LanguageModel model = LanguageModel.demo();
                Engine engine = Engine.start(model, options(model), InstantSource.fixed(now))) {
            GenerationRequest request = request(encode(model, "Once"), 3, SamplingOptions.GREEDY);
            assertThat(ids(run(engine, request.withDeadline(Optional.of(now.plusMillis(1)))))).hasSize(3);
            assertThatThrownBy(() -> run(engine, request.withDeadline(Optional.of(now)))).isInstanceOfSatisfying(
                    GenerationException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DEADLINE_PASSED));
        }
    }

    @Test
    void memoryForLessThanOneGenerationIsRefused() {
        try (LanguageModel model = LanguageModel.demo()) {
            assertThatThrownBy(() -> options(model).withCacheTokens(CONTEXT - 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("cacheTokens must be at least contextLength, 128, not 127");
        }
    }
}
