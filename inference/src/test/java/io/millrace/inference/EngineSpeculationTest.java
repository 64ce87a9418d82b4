package io.millrace.inference;

import static io.millrace.inference.TestModels.encode;
import static io.millrace.inference.TestModels.ids;
import static io.millrace.inference.TestModels.joined;
import static io.millrace.inference.TestModels.request;
import static io.millrace.inference.TestModels.run;
import static io.millrace.inference.TestModels.seeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.inference.GenerationEvent.Finished;
import io.millrace.inference.SamplingOptions.Penalties;
import io.millrace.inference.grammar.Grammar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

@Timeout(60)
class EngineSpeculationTest {
    private static final int CONTEXT = 192;
    private static final Speculation LOOKUP = new Speculation.PromptLookup(6);

    private static EngineOptions options(LanguageModel model) {
        return EngineOptions.defaults(model).withContextLength(CONTEXT).withMaxSequences(4).withThreads(2);
    }

    /** Prompts that repeat themselves, so that there is something to look up. */
    private static List<GenerationRequest> requests(LanguageModel model) {
        Grammar words = Grammar.parse("root ::= (\"a \" | \"boat \" | [c-f]+ \", \")+ \"end.\"");
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            var prompt = encode(model, "The little boat was happy. The little boat was blue. ".repeat(1 + i % 3));
            var sampling = i < 2
                    ? SamplingOptions.GREEDY
                    : seeded(i).withPenalties(i % 2 == 0 ? Penalties.NONE : new Penalties(1.05f, 32, 0, 0.1f));
            requests.add(new GenerationRequest(prompt, i == 1 ? CONTEXT : 60 + i, sampling,
                    i == 4 ? List.of("sad", "the") : List.of(), 5)
                    .withGrammar(i == 3 ? Optional.of(words) : Optional.empty()).withLikelihoods(2));
        }
        return requests;
    }

    /** All but the times. */
    private static List<Object> withoutTimes(List<GenerationEvent> events) {
        var all = new ArrayList<Object>(events.subList(1, events.size() - 1));
        Finished end = (Finished) events.getLast();
        all.add(end.reason());
        all.add(end.generatedTokens());
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "stories260K"})
    void guessingChangesNothingThatIsGenerated(String name) {
        try (LanguageModel model = TestModels.open(name);
                Engine plain = Engine.start(model, options(model));
                Engine guessing = Engine.start(model, options(model).withSpeculation(LOOKUP));
                Engine narrow = Engine.start(model,
                        options(model).withSpeculation(LOOKUP).withCacheTokens(CONTEXT).withMaxBatchTokens(5))) {
            List<List<Object>> expected = requests(model).stream().map(request -> withoutTimes(run(plain, request)))
                    .toList();
            for (Engine engine : List.of(guessing, narrow)) {
                assertThat(Flux.fromIterable(requests(model)).flatMapSequential(
                        request -> engine.generate(request).collectList().map(EngineSpeculationTest::withoutTimes), 8)
                        .collectList().block()).isEqualTo(expected);
            }
            assertThat(plain.statistics().draftedTokens()).isZero();
            assertThat(guessing.statistics().acceptedTokens()).isPositive()
                    .isLessThan(guessing.statistics().draftedTokens());
            assertThat(guessing.statistics().steps()).isLessThan(plain.statistics().steps());
        }
    }

    /** The model itself: greedily it guesses all, but not what is drawn. */
    @ParameterizedTest
    @ValueSource(strings = {"demo", "stories260K"})
    void aDraftModelChangesNothingThatIsGenerated(String name) {
        try (LanguageModel model = TestModels.open(name);
                LanguageModel draft = TestModels.open(name);
                Engine plain = Engine.start(model, options(model))) {
            EngineOptions options = options(model).withSpeculation(new Speculation.DraftModel(draft, 4));
            Engine alone = Engine.start(model, options);
            try (alone) {
                GenerationRequest greedy = requests(model).getFirst();
                assertThat(withoutTimes(run(alone, greedy))).isEqualTo(withoutTimes(run(plain, greedy)));
            }
            assertThat(alone.statistics().acceptedTokens()).isPositive()
                    .isEqualTo(alone.statistics().draftedTokens());

            List<List<Object>> expected = requests(model).stream().map(request -> withoutTimes(run(plain, request)))
                    .toList();
            try (Engine narrow = Engine.start(model, options.withCacheTokens(CONTEXT))) {
                assertThat(Flux.fromIterable(requests(model)).flatMapSequential(
                        request -> narrow.generate(request).collectList().map(EngineSpeculationTest::withoutTimes), 8)
                        .collectList().block()).isEqualTo(expected);
                assertThat(narrow.statistics().draftedTokens()).isPositive();
            }
        }
    }

    @Test
    void aDraftModelWithOtherTokensIsRefused() {
        try (LanguageModel model = LanguageModel.demo(); LanguageModel draft = TestModels.open("stories260K")) {
            var speculation = new Speculation.DraftModel(draft, 4);
            assertThatThrownBy(() -> Engine.start(model, options(model).withSpeculation(speculation)).close())
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("stories260K has 512 tokens");
        }
    }

    /** Blocks with rejected guesses must not be found by the next turn. */
    @Test
    void whatWasGuessedWrongIsNeverFoundInTheCache() {
        try (LanguageModel model = LanguageModel.demo();
                Engine plain = Engine.start(model, options(model));
                Engine guessing = Engine.start(model, options(model).withSpeculation(LOOKUP))) {
            List<Integer> tokens = requests(model).getFirst().promptTokens();
            for (int turn = 0; turn < 6; turn++) {
                var request = request(tokens, 20, seeded(turn)).withLikelihoods(3);
                List<GenerationEvent> events = run(guessing, request);
                assertThat(withoutTimes(events)).isEqualTo(withoutTimes(run(plain, request)));
                tokens = joined(tokens, ids(events));
            }
            assertThat(guessing.statistics().cachedTokens()).isPositive();
        }
    }

    @Test
    void noMoreIsGuessedThanIsAskedFor() throws InterruptedException {
        try (LanguageModel model = LanguageModel.demo();
                Engine engine = Engine.start(model, options(model).withSpeculation(LOOKUP))) {
            var received = new ArrayList<GenerationEvent>();
            var ended = new CountDownLatch(1);
            engine.generate(requests(model).getFirst()).subscribe(new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    request(1);
                }

                @Override
                protected void hookOnNext(GenerationEvent event) {
                    received.add(event);
                    request(1);
                }

                @Override
                protected void hookOnComplete() {
                    ended.countDown();
                }
            });
            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(received).hasSizeGreaterThan(60);
            assertThat(engine.statistics().draftedTokens()).as("one at a time leaves nothing to guess").isZero();
        }
    }
}
