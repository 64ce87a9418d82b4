package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.inference.GenerationEvent.Finished;
import io.millrace.inference.GenerationEvent.Reason;
import io.millrace.inference.GenerationEvent.Started;
import io.millrace.inference.GenerationEvent.Token;
import io.millrace.inference.grammar.Grammar;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An answer that one engine began is continued by another as if there had been but one. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EngineResumeTest {
    private static final String NUMBERS = "root ::= \"[\" [0-9]+ (\", \" [0-9]+)* \"]\"";

    private LanguageModel model;
    private Engine first;
    private Engine second;

    @BeforeAll
    void open() {
        model = LanguageModel.demo();
        var options = EngineOptions.defaults(model).withContextLength(128).withMaxSequences(4);
        first = Engine.start(model, options.withThreads(2));
        // computes what it takes over in other portions than the first did
        second = Engine.start(model, options.withThreads(1).withMaxBatchTokens(7));
    }

    @AfterAll
    void close() {
        first.close();
        second.close();
        model.close();
    }

    private GenerationRequest request(SamplingOptions sampling, String... stop) {
        return new GenerationRequest(TestModels.encode(model, "Once upon a time"), 40, sampling, List.of(stop), 5);
    }

    private Stream<GenerationRequest> requests() {
        return Stream.of(request(SamplingOptions.GREEDY), request(TestModels.seeded(3)),
                request(TestModels.seeded(4), "the", "a b"), request(TestModels.seeded(5), "\0"),
                request(TestModels.seeded(6)).withGrammar(Optional.of(Grammar.parse(NUMBERS))));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void whereverAnAnswerIsCutTheRestIsTheSame(GenerationRequest request) {
        List<GenerationEvent> whole = TestModels.run(first, request);
        List<Integer> tokens = TestModels.ids(whole);
        for (int cut = 0; cut <= tokens.size(); cut++) {
            List<GenerationEvent> rest = TestModels.run(second, request.withAnswerTokens(tokens.subList(0, cut)));
            assertThat(((Started) rest.getFirst()).promptTokens()).isEqualTo(request.promptTokens().size());
            assertThat(tokens(rest)).as("cut at %d", cut).isEqualTo(tokens(whole).subList(cut, tokens.size()));
            assertThat(finished(rest).reason()).isEqualTo(finished(whole).reason());
            assertThat(finished(rest).generatedTokens()).isEqualTo(tokens.size());
        }
    }

    @Test
    void anAnswerThatOnlyLacksItsEndIsNotComputed() {
        var request = request(SamplingOptions.GREEDY);
        List<Integer> tokens = TestModels.ids(TestModels.run(first, request));
        long steps = second.statistics().steps();
        List<GenerationEvent> events = TestModels.run(second, request.withAnswerTokens(tokens));
        assertThat(events).hasSize(2);
        assertThat(finished(events).reason()).isEqualTo(Reason.MAX_TOKENS);
        assertThat(second.statistics().steps()).isEqualTo(steps);
        assertThat(second.statistics().running()).isZero();
    }

    @Test
    void aTokenThatTheModelDoesNotHaveIsRefusedAndTheNextRequestIsNot() {
        var request = request(SamplingOptions.GREEDY);
        assertThatThrownBy(() -> TestModels.run(second, request.withAnswerTokens(List.of(-1))))
                .hasMessageContaining("the answer begun elsewhere holds the token -1");
        assertThat(TestModels.run(second, request)).hasSize(42);
    }

    private static List<Token> tokens(List<GenerationEvent> events) {
        return events.stream().filter(Token.class::isInstance).map(Token.class::cast).toList();
    }

    private static Finished finished(List<GenerationEvent> events) {
        return (Finished) events.getLast();
    }
}
