package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.inference.EmbeddingEvent.Embedded;
import io.millrace.inference.EmbeddingEvent.Started;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

@Timeout(60)
class EngineEmbeddingTest {
    private static final int CONTEXT = 300;

    private final LanguageModel model = LanguageModel.demo();
    private final EngineOptions options = EngineOptions.defaults(model).withContextLength(CONTEXT).withMaxSequences(4)
            .withThreads(2);
    private final Engine engine = Engine.start(model, options);

    @AfterEach
    void close() {
        engine.close();
        model.close();
    }

    private static EmbeddingRequest request(List<Integer> tokens) {
        return new EmbeddingRequest(tokens, GenerationRequest.DEFAULT_PRIORITY, Optional.empty());
    }

    private static List<Float> embed(Engine engine, List<Integer> tokens) {
        return ((Embedded) engine.embed(request(tokens)).blockLast()).values();
    }

    private List<Float> embed(String text) {
        return embed(engine, TestModels.encode(model, text));
    }

    private List<Integer> tokens(int count, Random random) {
        return random.ints(count, 0, model.tokenizer().vocabulary().size()).boxed().toList();
    }

    private static double similarity(List<Float> a, List<Float> b) {
        double sum = 0;
        for (int i = 0; i < a.size(); i++) {
            sum += (double) a.get(i) * b.get(i);
        }
        return sum;
    }

    @Test
    void anEmbeddingIsTheNormalisedMeanOfTheHiddenStates() {
        for (String text : List.of("boat", "Once upon a time there was a little boat.", "very ".repeat(60))) {
            List<Integer> tokens = TestModels.encode(model, text);
            double[] expected = PlainEmbedding.of(model, tokens);
            List<Float> actual = embed(engine, tokens);
            assertThat(actual).hasSize(model.embeddingLength());
            for (int i = 0; i < actual.size(); i++) {
                // activations are rounded to single precision, and by some kernels to eight bits, a hundred times
                assertThat((double) actual.get(i)).as(text + ", " + i).isCloseTo(expected[i], within(5e-3));
            }
            assertThat(similarity(actual, actual)).isCloseTo(1, within(1e-5));
        }
    }

    @Test
    void eventsAreItsStartAndItsEnd() {
        List<Integer> tokens = TestModels.encode(model, "Once upon a time");
        List<EmbeddingEvent> events = engine.embed(request(tokens)).collectList().block();
        assertThat(events).hasSize(2).first().isEqualTo(new Started(tokens.size()));
    }

    /** Neither generations beside it nor chunks change a bit; nor does what is cached. */
    @Test
    void companyAndChunksDoNotChangeIt() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        List<List<Integer>> texts = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            texts.add(tokens(1 + random.nextInt(CONTEXT), random));
        }
        List<List<Float>> alone = texts.stream().map(text -> embed(engine, text)).toList();
        var company = engine.generate(TestModels.request(TestModels.encode(model, "The little boat"), 200,
                TestModels.seeded(1))).subscribe();
        List<List<Float>> together = Flux.fromIterable(texts).flatMapSequential(text -> engine.embed(request(text))
                .ofType(Embedded.class).map(Embedded::values), texts.size()).collectList().block();
        company.dispose();
        try (Engine narrow = Engine.start(model, options.withMaxBatchTokens(7))) {
            for (int i = 0; i < texts.size(); i++) {
                assertThat(together.get(i)).as("seed %d, text %d", seed, i).isEqualTo(alone.get(i));
                assertThat(embed(narrow, texts.get(i))).as("seed %d, text %d", seed, i).isEqualTo(alone.get(i));
            }
        }
    }

    @Test
    void generationsBesideItStayTheSame() {
        GenerationRequest story = TestModels.request(TestModels.encode(model, "The little boat"), 60,
                TestModels.seeded(3));
        List<Integer> alone = TestModels.ids(TestModels.run(engine, story));
        var random = new Random(1);
        var _ = Flux.range(0, 20).flatMap(_ -> engine.embed(request(tokens(200, random))), 4).subscribe();
        assertThat(TestModels.ids(TestModels.run(engine, story))).isEqualTo(alone);
    }

    @Test
    void likeTextsHaveLikeEmbeddings() {
        List<Float> boat = embed("The boat sailed on the sea.");
        assertThat(similarity(boat, embed("The ship sailed on the lake.")))
                .isGreaterThan(similarity(boat, embed("Mommy said no, Tim!")));
    }

    @Test
    void itsMemoryIsFreeWhenItEndsAndWhenItIsCancelled() {
        embed(engine, tokens(CONTEXT, new Random(2)));
        for (int i = 0; i < 50; i++) {
            engine.embed(request(tokens(CONTEXT, new Random(i)))).take(1).blockLast();
        }
        embed(engine, tokens(1, new Random(3)));
        // they are told after the step
        while (engine.statistics().running() > 0 || engine.statistics().usedBlocks() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whereMemoryIsShortItWaitsForItsTurnAndIsRight() {
        var random = new Random(4);
        List<Integer> text = tokens(CONTEXT, random);
        List<Float> expected = embed(engine, text);
        try (Engine small = Engine.start(model, options.withCacheTokens(CONTEXT))) {
            List<List<Float>> all = Flux.range(0, 4).flatMap(_ -> small.embed(request(text)).ofType(Embedded.class))
                    .map(Embedded::values).collectList().block();
            assertThat(all).hasSize(4).allSatisfy(values -> assertThat(values).isEqualTo(expected));
        }
    }

    @Test
    void whatCannotBeEmbeddedIsRefused() {
        failsWith(GenerationException.Kind.PROMPT_TOO_LONG, request(tokens(CONTEXT + 1, new Random(5))), "301 tokens");
        failsWith(GenerationException.Kind.INVALID_TOKEN, request(List.of(-1)), "the token -1");
        failsWith(GenerationException.Kind.DEADLINE_PASSED, new EmbeddingRequest(List.of(1), 5,
                Optional.of(Instant.EPOCH)), "deadline");
        assertThatThrownBy(() -> request(List.of())).hasMessageContaining("at least one token");
        assertThat(embed("boat")).isNotEmpty();
    }

    private void failsWith(GenerationException.Kind kind, EmbeddingRequest request, String reason) {
        assertThatThrownBy(() -> engine.embed(request).blockLast()).isInstanceOfSatisfying(GenerationException.class,
                e -> {
                    assertThat(e.kind()).isEqualTo(kind);
                    assertThat(e).hasMessageContaining(reason);
                });
    }
}
