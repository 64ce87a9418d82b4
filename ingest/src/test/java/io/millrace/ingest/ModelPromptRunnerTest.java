package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.inference.EmbeddingEvent;
import io.millrace.inference.EmbeddingRequest;
import io.millrace.inference.GenerationEvent;
import io.millrace.inference.GenerationRequest;
import io.millrace.inference.SamplingOptions;
import io.millrace.inference.chat.Conversation;
import io.millrace.inference.chat.ToolCall;
import io.millrace.inference.grammar.Grammar;
import io.millrace.schemas.AnswerMessage;
import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.PromptCodec;
import io.millrace.schemas.Result;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;

class ModelPromptRunnerTest {
    private static final String TOOLS = """
            "tools":[{"type":"function","function":{"name":"add","description":"Adds.","parameters":{"type":"object",
             "properties":{"a":{"type":"integer"}},"required":["a"]}}},{"type":"function","function":{"name":"now"}}]""";

    private final List<GenerationRequest> requests = new ArrayList<>();
    private final List<EmbeddingRequest> embedded = new ArrayList<>();
    private final List<Conversation> conversations = new ArrayList<>();
    /** One token a character. */
    private final ModelPromptRunner runner = new ModelPromptRunner(new OneTokenACharacter());

    private final class OneTokenACharacter implements ServedModel {
        @Override
        public String name() {
            return "demo";
        }

        @Override
        public int contextLength() {
            return 16;
        }

        @Override
        public int[] encode(String text) {
            return text.chars().toArray();
        }

        @Override
        public int[] encode(Conversation conversation) {
            conversations.add(conversation);
            return new int[]{1};
        }

        @Override
        public byte[] bytes(int token) {
            return new byte[]{(byte) token};
        }

        @Override
        public int vocabularySize() {
            return 256;
        }

        @Override
        public int[] tokenize(String text, boolean addsSpecial, boolean parsesSpecial) {
            return encode(addsSpecial ? '\1' + text : text);
        }

        @Override
        public byte[] piece(int token) {
            return bytes(token);
        }

        @Override
        public String render(Conversation conversation) {
            return "[" + conversation.messages().getFirst().role() + "]";
        }

        @Override
        public Flux<EmbeddingEvent> embed(EmbeddingRequest request) {
            embedded.add(request);
            return Flux.just(new EmbeddingEvent.Started(1), new EmbeddingEvent.Embedded(List.of(1f), Duration.ZERO));
        }

        @Override
        public OptionalInt pythonTag() {
            return OptionalInt.empty();
        }

        @Override
        public Flux<GenerationEvent> generate(GenerationRequest request) {
            requests.add(request);
            return Flux.empty();
        }
    }

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
        generation(Prompt.ofText("abc").withId("id")).generate(List.of(), Optional.of(deadline));
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
        generation(Prompt.ofText("abc").withId("other")).generate(List.of(), Optional.empty());
        assertThat(requests.getLast().sampling().seed()).isNotEqualTo(requests.getFirst().sampling().seed());
    }

    @Test
    void theSmallestPositiveNumbersStayPositive() {
        assertThat(
                run("{\"prompt\":\"abc\",\"top_p\":1e-300,\"repeat_penalty\":1e-300}").sampling().truncation().topP())
                .isPositive();
    }

    private Optional<Grammar> grammar(String more) {
        return run("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]," + more + "}").grammar();
    }

    private static void accepts(Optional<Grammar> grammar, String... texts) {
        assertThat(texts).allMatch(grammar.orElseThrow()::accepts);
    }

    private static void refuses(Optional<Grammar> grammar, String... texts) {
        assertThat(texts).noneMatch(grammar.orElseThrow()::accepts);
    }

    private static final String ADD = "{\"name\": \"add\", \"parameters\": {\"a\": 1}}";
    private static final String NOW = "{\"name\": \"now\", \"parameters\": {}}";

    @Test
    void aRequiredCallIsOneOfTheTools() {
        Optional<Grammar> any = grammar(TOOLS + ",\"tool_choice\":\"required\"");
        accepts(any, ADD, NOW, ADD + "; " + NOW);
        refuses(any, "", "Hello", "{\"name\": \"add\", \"parameters\": {}}", ADD + " and");
        Optional<Grammar> one = grammar(TOOLS + ",\"tool_choice\":\"required\",\"parallel_tool_calls\":false");
        accepts(one, ADD, NOW);
        refuses(one, ADD + "; " + NOW);
        Optional<Grammar> named = grammar(TOOLS
                + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"now\"}}");
        accepts(named, NOW);
        refuses(named, ADD, NOW + "; " + NOW);
    }

    @Test
    void aCallThatNeedNotBeThereIsHeldToItsSchemaWhereThatIsStrict() {
        assertThat(grammar(TOOLS)).isEmpty();
        assertThat(grammar(TOOLS + ",\"tool_choice\":\"none\"")).isEmpty();
        Optional<Grammar> strict = grammar(TOOLS.replace("\"name\":\"now\"", "\"name\":\"now\",\"strict\":true"));
        accepts(strict, ADD, NOW, "", "Hello {there}", "  It is five.");
        refuses(strict, "{\"name\": \"add\", \"parameters\": {}}", " {", "{}");
    }

    @Test
    void besideToolsAnAnswerKeepsItsFormat() {
        Optional<Grammar> both = grammar(TOOLS
                + ",\"response_format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"boolean\"}}");
        accepts(both, ADD, NOW, "true");
        refuses(both, "Hello", "{}");
    }

    @Test
    void toolsAndTheirCallsAreTold() {
        run("{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":"
                + "{\"name\":\"add\",\"arguments\":\"{\\\"a\\\":1}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"2\"}],"
                + TOOLS + "}");
        Conversation told = conversations.getLast();
        assertThat(told.messages().getFirst().toolCalls()).containsExactly(new ToolCall("c", "add", Map.of("a", 1)));
        assertThat(told.messages().getFirst().content()).isEmpty();
        assertThat(told.messages().getLast().toolCallId()).contains("c");
        assertThat(told.tools().getFirst().toString())
                .isEqualTo("{type=function, function={name=add, description=Adds., "
                        + "parameters={type=object, properties={a={type=integer}}, required=[a]}}}");
        run("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"tool_choice\":\"none\"," + TOOLS + "}");
        assertThat(conversations.getLast().tools()).isEmpty();
    }

    @Test
    void callsAreReadOutOfTheAnswerAndNamedByThePrompt() {
        var reading = generation(new PromptCodec().decode(("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
                + TOOLS + "}").getBytes(StandardCharsets.UTF_8)).withId("id")).reading().orElseThrow();
        var message = new AnswerMessage.Assembly();
        for (char c : (ADD + "; " + NOW).toCharArray()) {
            message.add(reading.read(1, String.valueOf(c)));
        }
        message.add(reading.end());
        assertThat(message.message().content()).isEmpty();
        assertThat(message.message().toolCalls()).extracting(call -> call.name() + call.arguments())
                .containsExactly("add{\"a\": 1}", "now{}");
        assertThat(message.message().toolCalls()).extracting(call -> call.id()).doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[A-Za-z0-9]{9}"));
        assertThat(generation(Prompt.ofText("x").withId("id")).reading()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "\"prompt\":\"x\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}] | give messages instead",
            "\"prompt\":\"x\",\"tool_choice\":\"required\" | there are no tools",
            "\"prompt\":\"x\",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}} | names the function f",
            "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}},{\"type\":\"function\",\"function\":{\"name\":\"f\"}}] | two tools have the name f",
            "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"tool_choice\":\"required\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"string\"}}}] | of the tool f must be of type object",
            "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"tool_choice\":\"required\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"minProperties\":1}}}] | the parameters of the tool f: the schema is wrong",
            "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"grammar\":\"root ::= [a]\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}] | either grammar or tools",
            "\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"[1]\"}}]}] | messages[0].tool_calls[0].function.arguments must be a JSON object"})
    void toolsThatCannotBeUsedAreRefused(String fields, String reason) {
        assertThatThrownBy(() -> run("{" + fields.strip() + "}")).isInstanceOf(InvalidPromptException.class)
                .hasMessageContaining(reason);
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
            "\"response_format\":{\"type\":\"json_object\",\"shema\":{}} | response_format has no field 'shema'",
            "\"response_format\":{\"type\":\"text\",\"schema\":{}} | response_format has no field 'schema'",
            "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"scheme\":{}}} | json_schema has no field 'scheme'",
            "\"response_format\":{\"type\":\"json_schema\",\"schema\":{},\"json_schema\":{\"schema\":{}}} | not both",
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

    private PreparedGeneration generation(Prompt prompt) {
        return (PreparedGeneration) runner.prepare(prompt);
    }

    private Result done(String json) {
        var task = (PreparedTask) runner.prepare(new PromptCodec().decode(json.getBytes(StandardCharsets.UTF_8)).withId(
                "id"));
        return ((TaskEvent.Done) task.run(Optional.empty()).blockLast()).result();
    }

    @Test
    void textsAndTokensAreTurnedIntoEachOther() {
        assertThat(done("{\"task\":\"tokenize\",\"prompt\":\"ab\"}")).isEqualTo(new Result.Tokens(List.of(97, 98), List
                .of()));
        assertThat(done("{\"task\":\"tokenize\",\"prompt\":\"a\",\"add_special\":true,\"with_pieces\":true}"))
                .isEqualTo(new Result.Tokens(List.of(1, 97), List.of(List.of(1), List.of(97))));
        assertThat(done("{\"task\":\"detokenize\",\"tokens\":[98,97]}")).isEqualTo(new Result.Text("ba"));
        assertThat(done("{\"task\":\"apply_template\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"))
                .isEqualTo(new Result.Text("[user]"));
    }

    @Test
    void aTextIsEmbeddedAsItsTokens() {
        assertThat(done("{\"task\":\"embed\",\"prompt\":\"ab\",\"priority\":7}"))
                .isEqualTo(new Result.Embedding(List.of(
                        1f)));
        assertThat(embedded).containsExactly(new EmbeddingRequest(List.of(97, 98), 7, Optional.empty()));
        done("{\"task\":\"embed\",\"tokens\":[5]}");
        assertThat(embedded.getLast().tokens()).containsExactly(5);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "\"task\":\"embed\",\"prompt\":\"0123456789abcdefg\" | the text has 17 tokens, more than the context of 16",
            "\"task\":\"embed\",\"tokens\":[256] | there is no token 256: the model's vocabulary ends at 255",
            "\"task\":\"detokenize\",\"tokens\":[300] | there is no token 300",
            "\"task\":\"embed\",\"prompt\":\"a\",\"model\":\"other\" | 'other' is not served"})
    void aTaskThatCannotBeDoneIsRefused(String fields, String reason) {
        assertThatThrownBy(() -> done("{" + fields.strip() + "}")).isInstanceOf(InvalidPromptException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void aResultThatNoRecordHoldsIsRefused() {
        String text = "a".repeat(RecordSize.MOST / RecordSize.OF_NUMBER + 1);
        assertThatThrownBy(() -> done("{\"task\":\"tokenize\",\"prompt\":\"" + text + "\"}"))
                .isInstanceOfSatisfying(InvalidPromptException.class, e -> assertThat(e.code()).isEqualTo(
                        ErrorCode.PROMPT_TOO_LARGE));
        assertThat(((Result.Tokens) done("{\"task\":\"tokenize\",\"prompt\":\"" + text.substring(1) + "\"}")).tokens())
                .hasSize(text.length() - 1);
    }

    private GenerationRequest run(String json) {
        generation(new PromptCodec().decode(json.getBytes(StandardCharsets.UTF_8)).withId("id")).generate(List.of(),
                Optional.empty());
        return requests.getLast();
    }
}
