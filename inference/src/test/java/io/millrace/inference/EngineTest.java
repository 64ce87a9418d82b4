package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.inference.GenerationEvent.Finished;
import io.millrace.inference.GenerationEvent.Reason;
import io.millrace.inference.GenerationEvent.Started;
import io.millrace.inference.GenerationEvent.Token;
import io.millrace.inference.GenerationException.Kind;
import io.millrace.inference.SamplingOptions.Penalties;
import io.millrace.inference.SamplingOptions.Temperature;
import io.millrace.inference.SamplingOptions.Truncation;
import io.millrace.inference.chat.ChatMessage;
import io.millrace.inference.grammar.Grammar;
import io.millrace.inference.gguf.TensorType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

@Timeout(60)
class EngineTest {
    private static final int CONTEXT = 128;

    private final LanguageModel model = LanguageModel.demo();
    private final Engine engine = Engine.start(model,
            EngineOptions.defaults(model).withContextLength(CONTEXT).withMaxSequences(4).withThreads(2));

    @AfterEach
    void close() {
        engine.close();
        model.close();
    }

    private GenerationRequest request(String prompt, int maxTokens, SamplingOptions sampling, String... stop) {
        return new GenerationRequest(Arrays.stream(model.encode(prompt)).boxed().toList(), maxTokens, sampling,
                List.of(stop), 5);
    }

    private GenerationRequest greedy(String prompt, int maxTokens, String... stop) {
        return request(prompt, maxTokens, SamplingOptions.GREEDY, stop);
    }

    private static String text(List<GenerationEvent> events) {
        var text = new StringBuilder();
        events.forEach(event -> text.append(event instanceof Token token ? token.text() : ""));
        return text.toString();
    }

    private static Finished finished(List<GenerationEvent> events) {
        return (Finished) events.getLast();
    }

    private List<GenerationEvent> run(GenerationRequest request) {
        return engine.generate(request).collectList().block();
    }

    @Test
    void aGenerationIsItsStartItsTokensInOrderAndItsEnd() {
        GenerationRequest request = greedy("Once upon a time", 20);
        List<GenerationEvent> events = run(request);
        assertThat(events.getFirst()).isEqualTo(new Started(request.promptTokens().size(), 0));
        List<GenerationEvent> tokens = events.subList(1, events.size() - 1);
        assertThat(tokens).hasSize(20).allSatisfy(event -> assertThat(event).isInstanceOf(Token.class));
        assertThat(tokens.stream().map(event -> ((Token) event).index())).containsExactlyElementsOf(
                IntStream.range(0, 20).boxed().toList());
        assertThat(finished(events).reason()).isEqualTo(Reason.MAX_TOKENS);
        assertThat(finished(events).generatedTokens()).isEqualTo(20);
        assertThat(text(events)).isNotBlank();
    }

    @Test
    void aSeedDecidesTheTextAndCompanyDoesNotChangeIt() {
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            requests.add(
                    request("The little boat " + "very ".repeat(i % 5) + "far", 10 + i,
                            SamplingOptions.DEFAULT.withTemperature(Temperature.of(0.9f))
                                    .withPenalties(new Penalties(1.1f, 64, 0, 0)).withSeed(i)));
        }
        List<String> alone = requests.stream().map(request -> text(run(request))).toList();
        List<String> together = Flux.fromIterable(requests)
                .flatMapSequential(request -> engine.generate(request).collectList().map(EngineTest::text),
                        requests.size())
                .collectList().block();
        assertThat(together).isEqualTo(alone);
        assertThat(alone).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Hello!", "Tell me a story about a boat."})
    void chatAnswersEndWithTheEndOfTurn(String question) {
        var message = ChatMessage.of("user", question);
        int[] prompt = model.encodeChat(List.of(message));
        // what the model's README recommends: greedily, so small a model goes in circles
        var sampling = SamplingOptions.GREEDY.withTemperature(Temperature.of(0.6f))
                .withTruncation(new Truncation(20, 1, 0, 1, Truncation.NO_SIGMA, 0, 0)).withSeed(1);
        try (Engine wide = Engine.start(model, EngineOptions.defaults(model))) {
            var request = new GenerationRequest(Arrays.stream(prompt).boxed().toList(),
                    model.contextLength() - prompt.length, sampling, List.of(), 5);
            List<GenerationEvent> events = wide.generate(request).collectList().block();
            assertThat(finished(events).reason()).isEqualTo(Reason.END_OF_GENERATION);
            assertThat(text(events)).isNotBlank().doesNotContain("<|");
        }
    }

    @Test
    void aStopStringEndsTheTextBeforeIt() {
        String whole = text(run(greedy("Once upon a time", 40)));
        String stop = whole.substring(12, 16);
        List<GenerationEvent> events = run(greedy("Once upon a time", 40, "never to be seen", stop));
        assertThat(text(events)).isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(finished(events).reason()).isEqualTo(Reason.STOP_STRING);
        assertThat(text(run(greedy("Once upon a time", 40, "\0")))).isEqualTo(whole);
    }

    @Test
    void likelihoodsAreToldWhereTheyAreAskedFor() {
        assertThat(run(greedy("Once upon a time", 3))).filteredOn(Token.class::isInstance)
                .allSatisfy(event -> assertThat(((Token) event).likelihood()).isEmpty());
        List<GenerationEvent> events = run(greedy("Once upon a time", 5).withLikelihoods(3));
        assertThat(events).filteredOn(Token.class::isInstance).hasSize(5).allSatisfy(event -> {
            Token token = (Token) event;
            TokenLikelihood likelihood = token.likelihood().orElseThrow();
            // greedily, the chosen token is the most likely
            assertThat(likelihood.others()).hasSize(3).first()
                    .isEqualTo(new TokenLikelihood.Other(token.id(), likelihood.logProbability()));
            assertThat(likelihood.others()).extracting(TokenLikelihood.Other::logProbability)
                    .isSortedAccordingTo(Comparator.reverseOrder());
            assertThat(likelihood.others().stream().mapToDouble(other -> Math.exp(other.logProbability())).sum())
                    .isBetween(0.0, 1.0);
        });
        assertThat(run(greedy("Once upon a time", 1).withLikelihoods(0)).get(1)).isInstanceOfSatisfying(Token.class,
                token -> assertThat(token.likelihood().orElseThrow().others()).isEmpty());
    }

    /** Whatever the model would say by itself; those that end in time are complete. */
    @ParameterizedTest
    @ValueSource(strings = {"root ::= \"Yes\" | \"No\"", "root ::= [0-9]{3} \"-\" [a-f]+ \".\"",
            "root ::= \"\u26f5\" [\u0430-\u044f]{2,5} \"!\"", "{\"type\":\"integer\",\"minimum\":10,\"maximum\":99}",
            "{\"properties\":{\"boat\":{\"type\":\"boolean\"},\"n\":{\"enum\":[1,2]}},\"required\":[\"boat\"]}", "{}"})
    void aGrammarIsKeptAndEndsTheTextWhenThereIsNothingMoreToSay(String notation) {
        Grammar grammar = notation.startsWith("root") ? Grammar.parse(notation) : Grammar.ofJsonSchema(notation);
        int complete = 0;
        for (int seed = 0; seed < 5; seed++) {
            var sampling = SamplingOptions.GREEDY.withTemperature(Temperature.of(seed == 0 ? 0 : 1.5f)).withSeed(seed);
            List<GenerationEvent> events = run(request("Once upon a time", 100, sampling)
                    .withGrammar(Optional.of(grammar)));
            if (finished(events).reason() == Reason.END_OF_GENERATION) {
                complete++;
                assertThat(grammar.accepts(text(events))).as(text(events)).isTrue();
            }
        }
        assertThat(complete).isPositive();
    }

    @Test
    void aGrammarThatCannotBeFollowedAnyFurtherFailsItsGenerationAlone() {
        Grammar ambiguous = Grammar.parse("root ::= x\nx ::= \"a\" x \"b\" | \"a\" x \"c\" | \"a\"");
        var generation = engine.generate(greedy("Once", 100).withGrammar(Optional.of(ambiguous)));
        assertThatThrownBy(() -> generation.collectList().block()).isInstanceOfSatisfying(GenerationException.class,
                e -> assertThat(e.kind()).isEqualTo(GenerationException.Kind.GRAMMAR));
        assertThat(text(run(greedy("Once upon a time", 5)))).isNotBlank();
    }

    @Test
    void aFullContextEndsAGeneration() {
        GenerationRequest request = greedy("Once upon a time", 1000);
        try (Engine small = Engine.start(model,
                EngineOptions.defaults(model).withContextLength(request.promptTokens().size() + 5))) {
            List<GenerationEvent> events = small.generate(request).collectList().block();
            assertThat(finished(events).reason()).isEqualTo(Reason.CONTEXT_FULL);
            assertThat(finished(events).generatedTokens()).isEqualTo(5);
        }
    }

    @Test
    void aPromptThatCannotBeRunFailsAndTheNextOneWorks() {
        failsWith(Kind.PROMPT_TOO_LONG, greedy("word ".repeat(CONTEXT), 1), "tokens, and the context of 128");
        failsWith(Kind.INVALID_TOKEN,
                new GenerationRequest(List.of(1, Integer.MAX_VALUE), 1, SamplingOptions.GREEDY, List.of(), 5),
                "the prompt holds the token 2147483647");
        assertThat(text(run(greedy("Once", 3)))).isNotEmpty();
    }

    private void failsWith(Kind kind, GenerationRequest request, String reason) {
        assertThatThrownBy(() -> run(request)).isInstanceOfSatisfying(GenerationException.class, e -> {
            assertThat(e.kind()).isEqualTo(kind);
            assertThat(e).hasMessageContaining(reason);
        });
    }

    @Test
    void cancellingFreesTheMemoryAndThePlace() {
        // more than fit at once: some are cancelled while they run, some while they wait
        for (int i = 0; i < 20; i++) {
            engine.generate(greedy("Once upon a time", 100)).take(1 + i % 3).blockLast();
        }
        awaitUntil(() -> engine.statistics().running() == 0);
        assertThat(engine.statistics().usedBlocks()).isZero();
        assertThat(text(run(greedy("Once", 3)))).isNotEmpty();
    }

    /** The statistics are those of a step, so this pokes the engine for one. */
    private void awaitUntil(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            run(greedy("Once", 1));
        }
    }

    @Test
    void aSubscriberGetsNoMoreThanItAsksForAndHoldsUpNobody() throws InterruptedException {
        var received = new ArrayList<GenerationEvent>();
        var five = new CountDownLatch(5);
        var ended = new CountDownLatch(1);
        var slow = new BaseSubscriber<GenerationEvent>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                request(5);
            }

            @Override
            protected void hookOnNext(GenerationEvent event) {
                received.add(event);
                five.countDown();
            }

            @Override
            protected void hookOnComplete() {
                ended.countDown();
            }
        };
        engine.generate(greedy("Once upon a time", 30)).subscribe(slow);
        five.await();
        assertThat(run(greedy("Once upon a time", 50))).hasSize(52);
        assertThat(received).hasSize(5);
        slow.requestUnbounded();
        ended.await();
        assertThat(received).hasSize(32);
    }

    @Test
    void closingFailsWhatRunsAndWhatComesLater() {
        Flux<GenerationEvent> unread = engine.generate(greedy("Once upon a time", 100));
        List<String> kinds = new ArrayList<>();
        var failed = new CountDownLatch(1);
        unread.limitRate(1).delayElements(Duration.ofMillis(20)).subscribe(_ -> {}, e -> {
            kinds.add(((GenerationException) e).kind().name());
            failed.countDown();
        });
        engine.close();
        engine.close();
        assertThatThrownBy(() -> run(greedy("Once", 1))).isInstanceOfSatisfying(GenerationException.class,
                e -> assertThat(e.kind()).isEqualTo(Kind.ENGINE_CLOSED));
        awaitLatch(failed);
        assertThat(kinds).containsExactly(Kind.ENGINE_CLOSED.name());
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"F16", "Q8_0"})
    void smallerCachesTakeLessMemoryAndStillTellStories(TensorType type) {
        EngineOptions options = EngineOptions.defaults(model).withCacheTypes(type, type);
        try (Engine small = Engine.start(model, options)) {
            String text = text(small.generate(greedy("Once upon a time", 30)).collectList().block());
            assertThat(text).isEqualTo(text(run(greedy("Once upon a time", 30))));
            assertThat(small.statistics().cacheBytes()).isPositive()
                    .isLessThanOrEqualTo(engine.statistics().cacheBytes() / 2);
        }
    }

    @Test
    void aCacheTypeThatCannotBeWrittenIsRefused() {
        var options = EngineOptions.defaults(model).withCacheTypes(TensorType.F32, TensorType.Q4_K);
        assertThatThrownBy(() -> Engine.start(model, options).close()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not as Q4_K");
    }
}
