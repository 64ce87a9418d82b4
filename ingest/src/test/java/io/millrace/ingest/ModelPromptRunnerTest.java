package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.inference.GenerationRequest;
import io.millrace.inference.SamplingOptions;
import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.PromptCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

class ModelPromptRunnerTest {
    private final List<GenerationRequest> requests = new ArrayList<>();
    /** One token a character. */
    private final ModelPromptRunner runner = new ModelPromptRunner("demo", 16, prompt -> prompt.prompt().chars()
            .toArray(), request -> {
                requests.add(request);
                return Flux.empty();
            }, token -> new byte[]{(byte) token});

    @Test
    void whatAPromptLeavesOpenHasDefaults() {
        var request = run("{\"prompt\":\"abc\"}");
        assertThat(request.promptTokens()).containsExactly(97, 98, 99);
        assertThat(request.maxTokens()).isEqualTo(13);
        assertThat(request.priority()).isEqualTo(GenerationRequest.DEFAULT_PRIORITY);
        assertThat(request.sampling().truncation()).isEqualTo(SamplingOptions.DEFAULT.truncation());
    }

    @Test
    void whatAPromptAsksForIsPassedOn() {
        var request = run("""
                {"prompt":"abc","max_tokens":4,"temperature":0,"top_p":0.5,"seed":7,"stop":["x"],"priority":9}""");
        assertThat(request.maxTokens()).isEqualTo(4);
        assertThat(request.sampling().temperature().value()).isZero();
        assertThat(request.sampling().truncation().topP()).isEqualTo(0.5f);
        assertThat(request.sampling().seed()).isEqualTo(7);
        assertThat(request.stop()).containsExactly("x");
        assertThat(request.priority()).isEqualTo(9);
    }

    @Test
    void theDeadlineIsPassedOn() {
        Instant deadline = Instant.parse("2026-01-01T00:00:00Z");
        runner.prepare(Prompt.ofText("abc").withId("id")).generate(List.of(), Optional.of(deadline));
        assertThat(requests.getLast().deadline()).contains(deadline);
        assertThat(run("{\"prompt\":\"abc\"}").deadline()).isEmpty();
    }

    @Test
    void moreTokensThanTheContextHoldsAreNotAskedFor() {
        assertThat(run("{\"prompt\":\"abc\",\"max_tokens\":1000}").maxTokens()).isEqualTo(13);
    }

    @Test
    void withoutASeedTheIdDecides() {
        assertThat(run("{\"prompt\":\"abc\"}").sampling().seed())
                .isEqualTo(run("{\"prompt\":\"x\"}").sampling().seed());
        runner.prepare(Prompt.ofText("abc").withId("other")).generate(List.of(), Optional.empty());
        assertThat(requests.getLast().sampling().seed()).isNotEqualTo(requests.getFirst().sampling().seed());
    }

    @Test
    void theSmallestPositiveNumbersStayPositive() {
        assertThat(
                run("{\"prompt\":\"abc\",\"top_p\":1e-300,\"repeat_penalty\":1e-300}").sampling().truncation().topP())
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = "\"tool_choice\":\"auto\"")
    void whatThisVersionCannotDoIsRefusedByName(String field) {
        assertThatThrownBy(() -> run("{\"prompt\":\"abc\"," + field + "}")).isInstanceOfSatisfying(
                InvalidPromptException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.NOT_SUPPORTED);
                    assertThat(e).hasMessageContaining(field.substring(1, field.indexOf(':') - 1));
                });
    }

    @Test
    void anAnswersFormBecomesAGrammar() {
        assertThat(run("{\"prompt\":\"abc\",\"grammar\":\"root ::= [a-z]\"}").grammar())
                .hasValueSatisfying(grammar -> assertThat(grammar.accepts("x")).isTrue());
        assertThat(run("{\"prompt\":\"abc\",\"response_format\":{\"type\":\"json_object\"}}").grammar())
                .hasValueSatisfying(grammar -> assertThat(grammar.accepts("{\"a\":1}")).isTrue());
        assertThat(run("{\"prompt\":\"abc\",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":"
                + "{\"name\":\"n\",\"schema\":{\"const\":1}}}}").grammar())
                .hasValueSatisfying(grammar -> assertThat(grammar.accepts("1")).isTrue());
        assertThat(run("{\"prompt\":\"abc\",\"response_format\":{\"type\":\"text\"}}").grammar()).isEmpty();
    }

    /** Never an answer that is not held to what was asked for. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "\"grammar\":\"root ::= x\"                                        | line 1, column 10",
            "\"grammar\":\"root ::= [a]\",\"response_format\":{\"type\":\"text\"} | not both",
            "\"response_format\":{\"type\":\"xml\"}                              | response_format.type",
            "\"response_format\":{}                                              | response_format.type",
            "\"response_format\":{\"type\":\"json_schema\"}                      | needs json_schema.schema",
            "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"uniqueItems\":true}}} | uniqueItems"})
    void aFormThatCannotBeKeptIsRefused(String field, String reason) {
        assertThatThrownBy(() -> run("{\"prompt\":\"abc\"," + field.strip() + "}"))
                .isInstanceOf(InvalidPromptException.class).hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "{\"prompt\":\"abc\",\"model\":\"other\"} | UNKNOWN_MODEL",
            "{\"prompt\":\"0123456789abcdef\"} | CONTEXT_LENGTH_EXCEEDED"})
    void whatTheModelCannotDoIsRefused(String json, ErrorCode code) {
        assertThatThrownBy(() -> run(json)).isInstanceOfSatisfying(InvalidPromptException.class,
                e -> assertThat(e.code()).isEqualTo(code));
    }

    private GenerationRequest run(String json) {
        runner.prepare(new PromptCodec().decode(json.getBytes(StandardCharsets.UTF_8)).withId("id")).generate(List.of(),
                Optional.empty());
        return requests.getLast();
    }
}
