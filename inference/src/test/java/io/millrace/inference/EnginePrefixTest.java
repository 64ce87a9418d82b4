package io.millrace.inference;

import static io.millrace.inference.TestModels.cachedTokens;
import static io.millrace.inference.TestModels.encode;
import static io.millrace.inference.TestModels.ids;
import static io.millrace.inference.TestModels.joined;
import static io.millrace.inference.TestModels.request;
import static io.millrace.inference.TestModels.run;
import static io.millrace.inference.TestModels.seeded;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.GenerationEvent.Token;
import io.millrace.inference.cache.BlockPool;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EnginePrefixTest {
    private static final int CONTEXT = 256;
    private static final String STORY = "Once upon a time there was a little boat that wanted to see the sea. "
            .repeat(3);

    private static Engine engine(LanguageModel model) {
        return Engine.start(model, EngineOptions.defaults(model).withContextLength(CONTEXT).withThreads(2));
    }

    /** Also the likelihoods: they show every bit of the logits. */
    private static List<Optional<TokenLikelihood>> likelihoods(List<GenerationEvent> events) {
        return events.stream().filter(Token.class::isInstance).map(event -> ((Token) event).likelihood()).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "stories260K"})
    void whatIsFoundInTheCacheGivesTheSameNumbersAsWhatIsComputed(String name) {
        try (LanguageModel model = TestModels.open(name);
                Engine fresh = engine(model);
                Engine used = engine(model)) {
            List<Integer> start = encode(model, STORY);
            run(used, request(joined(start, encode(model, "It was blue.")), 20, SamplingOptions.GREEDY));
            for (var sampling : List.of(SamplingOptions.GREEDY, seeded(7))) {
                var request = request(joined(start, encode(model, "Then it rained")), 40, sampling).withLikelihoods(5);
                List<GenerationEvent> computed = run(fresh, request);
                List<GenerationEvent> found = run(used, request);
                assertThat(cachedTokens(found)).isGreaterThanOrEqualTo(
                        start.size() / BlockPool.BLOCK_TOKENS * BlockPool.BLOCK_TOKENS);
                assertThat(ids(found)).isEqualTo(ids(computed));
                assertThat(likelihoods(found)).isEqualTo(likelihoods(computed));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "stories260K"})
    void theNextTurnFindsThePromptAndTheAnswer(String name) {
        try (LanguageModel model = TestModels.open(name); Engine engine = engine(model)) {
            List<Integer> prompt = encode(model, STORY);
            List<GenerationEvent> first = run(engine, request(prompt, 70, SamplingOptions.GREEDY));
            assertThat(cachedTokens(first)).isZero();
            List<Integer> turn = joined(prompt, ids(first));
            List<GenerationEvent> second = run(engine, request(joined(turn, List.of(5, 6, 7)), 5,
                    SamplingOptions.GREEDY));
            // the last generated token was never computed
            assertThat(cachedTokens(second))
                    .isEqualTo((turn.size() - 1) / BlockPool.BLOCK_TOKENS * BlockPool.BLOCK_TOKENS);
            EngineStatistics statistics = afterwards(engine, model);
            assertThat(statistics.cachedTokens()).isEqualTo(cachedTokens(second));
            assertThat(statistics.promptTokens()).isGreaterThan(2L * prompt.size());
            assertThat(statistics.idleBlocks()).isPositive();
        }
    }

    /** The statistics are as of the last step that is over. */
    private static EngineStatistics afterwards(Engine engine, LanguageModel model) {
        while (engine.statistics().running() > 0) {
            run(engine, request(encode(model, "x"), 1, SamplingOptions.GREEDY));
        }
        return engine.statistics();
    }
}
