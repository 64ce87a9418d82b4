package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptCodecTest {
    private final PromptCodec codec = new PromptCodec();

    private Prompt decode(String value) {
        return codec.decode(value.getBytes(StandardCharsets.UTF_8));
    }

    private String refusal(String value) {
        return catchThrowableOfType(InvalidPromptException.class, () -> decode(value)).getMessage();
    }

    @Test
    void whatDoesNotBeginWithABraceIsATextTakenAsItIs() {
        assertThat(decode(" Once upon\n a time ")).isEqualTo(Prompt.ofText(" Once upon\n a time "));
        assertThat(decode("[1, 2]").prompt()).isEqualTo("[1, 2]");
        assertThat(decode("\"quoted\"").prompt()).isEqualTo("\"quoted\"");
    }

    @Test
    void blanksAndAByteOrderMarkMayStandBeforeAnObject() {
        assertThat(decode("\uFEFF \t\r\n {\"prompt\": \"a\"} \n")).isEqualTo(Prompt.ofText("a"));
        assertThat(decode("\uFEFFa")).isEqualTo(Prompt.ofText("a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t", "\uFEFF", "\u2003"})
    void aValueWithoutTextIsRefused(String value) {
        assertThat(refusal(value)).contains("empty");
    }

    @Test
    void aTombstoneIsRefusedLikeAnEmptyValue() {
        assertThatThrownBy(() -> codec.decode(null)).isInstanceOf(InvalidPromptException.class)
                .hasMessageContaining("empty");
    }

    @Test
    void everyFieldIsRead() {
        Prompt prompt = decode(
                """
                        {"id": "a", "conversation": "b", "model": "c", "prompt": "d", "max_tokens": 1, "temperature": 0.5,
                         "top_p": 0.9, "top_k": 2, "min_p": 0.1, "typical_p": 0.8, "repeat_penalty": 1.1,
                         "frequency_penalty": -1, "presence_penalty": 2, "seed": -9223372036854775808, "stop": ["x", "y"],
                         "logprobs": 3, "grammar": "root ::= [a]", "response_format": {"type": "text"},
                         "tools": [{"type": "function", "function": {"name": "f", "description": "g", "parameters": {}, "strict": true}}],
                         "tool_choice": {"type": "function", "function": {"name": "f"}}, "parallel_tool_calls": false, "priority": 9, "deadline_ms": 4000000000,
                         "metadata": [1.50]}""");
        assertThat(prompt.sampling())
                .isEqualTo(new SamplingSettings(0.5, 0.9, 2, 0.1, 0.8, 1.1, -1.0, 2.0, Long.MIN_VALUE));
        assertThat(prompt.stop()).containsExactly("x", "y");
        assertThat(List.of(prompt.id(), prompt.conversation(), prompt.model(), prompt.prompt(), prompt.grammar()))
                .containsExactly("a", "b", "c", "d", "root ::= [a]");
        assertThat(List.of(prompt.maxTokens(), prompt.logprobs(), prompt.priority())).containsExactly(1, 3, 9);
        assertThat(prompt.deadlineMillis()).isEqualTo(4_000_000_000L);
        assertThat(prompt.responseFormat()).hasToString("{\"type\":\"text\"}");
        assertThat(prompt.tools().tools()).singleElement().satisfies(tool -> {
            assertThat(List.of(tool.name(), tool.description(), tool.isStrict())).containsExactly("f", "g", true);
            assertThat(tool.parameters()).hasToString("{}");
        });
        assertThat(prompt.tools().choice()).isEqualTo(new ToolChoice.Function("f"));
        assertThat(prompt.tools().isParallel()).isFalse();
        assertThat(prompt.metadata()).hasToString("[1.50]");
    }

    @Test
    void partsOfAMessageAreJoinedAndAnAssistantMayHaveSaidNothing() {
        Prompt prompt = decode(
                """
                        {"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
                                      {"role": "assistant", "content": null}, {"role": "tool", "content": ""}]}""");
        assertThat(prompt.messages()).containsExactly(new ChatMessage("user", "ab"), new ChatMessage("assistant", ""),
                new ChatMessage("tool", ""));
    }

    @Test
    void aConversationHoldsCallsAndTheirResults() {
        Prompt prompt = decode("""
                {"messages": [{"role": "assistant", "tool_calls": [
                   {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
                              {"role": "tool", "content": "5", "tool_call_id": "c"}]}""");
        assertThat(prompt.messages()).containsExactly(
                new ChatMessage("assistant", "", List.of(new ToolCall("c", "f", "{}")), null),
                new ChatMessage("tool", "5", List.of(), "c"));
    }

    @Test
    void tasksAreReadWithWhatBelongsToThem() {
        assertThat(decode("{\"prompt\":\"a\",\"task\":\"generate\"}")).isEqualTo(Prompt.ofText("a"));
        assertThat(decode("{\"task\":\"embed\",\"prompt\":\"a\"}").task()).isEqualTo(new Task.Embed(null));
        assertThat(decode("{\"task\":\"embed\",\"tokens\":[1,2.0]}").task()).isEqualTo(new Task.Embed(List.of(1, 2)));
        assertThat(decode("{\"task\":\"tokenize\",\"prompt\":\"\"}").task()).isEqualTo(new Task.Tokenize(false, true,
                false));
        assertThat(decode("{\"task\":\"detokenize\",\"tokens\":[]}").task()).isEqualTo(new Task.Detokenize(List.of()));
        assertThat(decode("{\"task\":\"apply_template\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}").task())
                .isEqualTo(new Task.ApplyTemplate());
    }

    @Test
    void oneStopStringNeedsNoArray() {
        assertThat(decode("{\"prompt\": \"a\", \"stop\": \"x\"}").stop()).containsExactly("x");
    }

    @Test
    void wholeNumbersMayBeWrittenWithAFractionOfZeroOrAnExponent() {
        Prompt prompt = decode("{\"prompt\": \"a\", \"max_tokens\": 5.0, \"seed\": 12e3, \"deadline_ms\": 1.50e1}");
        assertThat(prompt.maxTokens()).isEqualTo(5);
        assertThat(prompt.sampling().seed()).isEqualTo(12_000);
        assertThat(prompt.deadlineMillis()).isEqualTo(15);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"prompt":"a","max_tokens":"ten"}       | max_tokens must be a whole number, not "ten"
            {"prompt":"a","max_tokens":1.5}         | max_tokens must be a whole number, not 1.5
            {"prompt":"a","max_tokens":0}           | max_tokens must be from 1 to 2147483647, not 0
            {"prompt":"a","max_tokens":3000000000}  | whole number from -2147483648 to 2147483647, not 3000000000
            {"prompt":"a","seed":1e19}              | seed must be a whole number from -9223372036854775808 to
            {"prompt":"a","seed":1e300}             | seed must be a whole number from -9223372036854775808 to
            {"prompt":"a","max_tokens":null}        | max_tokens must be a whole number, not null; leave it out
            {"prompt":"a","temperature":true}       | temperature must be a number, not true
            {"prompt":"a","temperature":-1}         | temperature must be from 0 to 100, not -1.0
            {"prompt":"a","top_p":0}                | top_p must be above 0 and at most 1, not 0.0
            {"prompt":7}                            | prompt must be a string, not 7
            {"prompt":""}                           | prompt must not be empty
            {"prompt":"a","stop":[1]}               | stop[0] must be a string, not 1
            {"prompt":"a","stop":{}}                | stop must be a string or an array of strings, not an object
            {"prompt":"a","stop":""}                | stop must hold at most 16 strings, none empty
            {"prompt":"a","tools":[1]}              | tools[0] must be an object, not 1
            {"prompt":"a","tool_choice":1}          | tool_choice must be auto, none, required or an object that names
            {"prompt":"a","tool_choice":"any"}      | tool_choice must be auto, none, required or an object that names
            {"prompt":"a","tools":[{"type":"function","function":{"name":"a b"}}]} | a tool's name must be 1 to 64 letters
            {"messages":[{"role":"user","content":"a","tool_calls":[]}]} | unknown field "messages[0].tool_calls"
            {"prompt":"a","response_format":"json"} | response_format must be an object, not "json"
            {"prompt":"a","metadata":null}          | metadata must be a value, not null
            {"prompt":"a","id":" "}                 | id must have 1 to 256 characters, not all blank
            {"prompt":"a","messages":[]}            | not both
            {}                                      | give either prompt or messages
            {"task":"sing","prompt":"a"}            | task must be generate, embed, tokenize, detokenize or apply_template, not "sing"
            {"task":"embed"}                        | give either prompt or tokens to embed
            {"task":"embed","prompt":""}            | prompt must not be empty
            {"task":"embed","tokens":[]}            | tokens must not be empty
            {"task":"embed","tokens":[-1]}          | tokens[0] must be a whole number from 0 to 2147483647, not -1
            {"task":"embed","prompt":"a","max_tokens":1} | unknown field "max_tokens"
            {"task":"tokenize","tokens":[1]}        | unknown field "tokens"
            {"task":"tokenize"}                     | give a prompt to tokenize
            {"task":"detokenize"}                   | the field tokens is missing
            {"task":"apply_template","prompt":"a"}  | unknown field "prompt"
            {"task":"apply_template"}               | give messages to apply the template to
            {"prompt":"a","tokens":[1]}             | unknown field "tokens"
            {"messages":[]}                         | messages must hold at least one message
            {"messages":{}}                         | messages must be an array, not an object
            {"messages":["a"]}                      | messages[0] must be an object, not "a"
            {"messages":[{"role":"user"}]}          | the field messages[0].content is missing
            {"messages":[{"content":"a"}]}          | the field messages[0].role is missing
            {"messages":[{"role":"bot","content":"a"}]}     | role must be one of system, user, assistant, tool, not "bot"
            {"messages":[{"role":"user","content":null}]}   | messages[0].content must be a string or an array of parts
            {"messages":[{"role":"user","content":[{"type":"image_url"}]}]} | messages[0].content[0].type must be "text"
            {"messages":[{"role":"user","content":[{"type":"text"}]}]} | messages[0].content[0].text is missing
            {"messages":[{"role":"user","content":"a","nam":1}]} | unknown field "messages[0].nam"
            """)
    void aRefusalNamesTheFieldAndWhatWasFound(String value, String reason) {
        assertThat(refusal(value)).contains(reason);
    }

    @ParameterizedTest
    @CsvSource({"max_token, max_tokens", "maxTokens, max_tokens", "promt, prompt", "Temperature, temperature",
            "dead_line_ms, deadline_ms", "top-k, top_k"})
    void anUnknownFieldIsRefusedWithTheNearestKnownName(String written, String meant) {
        assertThat(refusal("{\"prompt\":\"a\",\"" + written + "\":1}"))
                .isEqualTo("unknown field \"" + written + "\"; did you mean \"" + meant + "\"?");
    }

    @Test
    void anUnknownFieldLikeNoOtherIsRefusedWithAllKnownNames() {
        assertThat(refusal("{\"prompt\":\"a\",\"qwertyuiop\":1}")).startsWith("unknown field \"qwertyuiop\"")
                .contains("id, conversation, model, task");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"prompt\":\"a\"", "{prompt:\"a\"}", "{'prompt':'a'}", "{\"prompt\":\"a\",}",
            "{\"prompt\":\"a\" /* why */}", "{\"prompt\":\"a\nb\"}", "{\"prompt\":\"\\x\"}",
            "{\"prompt\":\"a\",\"temperature\":NaN}", "{\"prompt\":\"a\",\"temperature\":-Infinity}",
            "{\"prompt\":\"a\",\"temperature\":.5}", "{\"prompt\":\"a\",\"top_k\":010}"})
    void whatIsNotQuiteJsonIsRefusedWithItsPlace(String value) {
        assertThat(refusal(value)).startsWith("not valid JSON at line ").doesNotContain("enable");
    }

    @Test
    void aNameGivenTwiceIsRefused() {
        assertThat(refusal("{\"prompt\":\"a\",\"prompt\":\"b\"}")).contains("Duplicate").contains("prompt");
        assertThat(refusal("{\"prompt\":\"a\",\"metadata\":{\"x\":1,\"x\":1}}")).contains("Duplicate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"prompt\":\"a\"} {}", "{\"prompt\":\"a\"},", "{\"prompt\":\"a\"}x",
            "{\"prompt\":\"a\"}1"})
    void textAfterTheObjectIsRefused(String value) {
        assertThat(refusal(value)).contains(" at line 1, column ");
    }

    @Test
    void aValueOverTheLimitIsRefusedWithItsSizeAndTheLimit() {
        PromptCodec small = new PromptCodec(10);
        assertThat(small.decode("0123456789".getBytes(StandardCharsets.UTF_8)).prompt()).hasSize(10);
        assertThatThrownBy(() -> small.decode("0123456789a".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(InvalidPromptException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.PROMPT_TOO_LARGE))
                .hasMessageContaining("11 bytes").hasMessageContaining("10 allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'id':'a','prompt':'x','temprature':1}", "{'prompt':'x','max_tokens':0,'id':'a'}",
            "{'id':'a','prompt':'x','messages':[]}", "{'metadata':{'id':'b'},'tools':[{'id':'c'}],'id':'a'}",
            "{'id':'a','prompt':'cut o", "{'id':'a','prompt':'x'} and more", "{'id':'a','prompt':1e999}",
            "\uFEFF {'id':'a'}"})
    void aRefusedValuesIdIsKnown(String value) {
        byte[] bytes = value.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> codec.decode(bytes)).isInstanceOf(InvalidPromptException.class);
        assertThat(codec.givenId(bytes)).contains("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "id", "[{'id':'a'}]", "{'id':7}", "{'id':null}", "{'id':' '}", "{'id':'\\ud800'}",
            "{'metadata':{'id':'a'}}", "{'prompt':'cut o", "{'prompt' 'x','id':'a'}", "{'id':'cut o"})
    void whatMayBeNoIdIsNone(String value) {
        assertThat(codec.givenId(value.replace('\'', '"').getBytes(StandardCharsets.UTF_8))).isEmpty();
    }

    @Test
    void anIdIsFoundBeforeAndBehindATextThatIsTooLarge() {
        String text = "\"prompt\":\"" + "boat ".repeat(2 << 20) + "\"";
        for (var value : List.of("{\"id\":\"a\"," + text + "}", "{" + text + ",\"id\":\"a\"}")) {
            assertThat(codec.givenId(value.getBytes(StandardCharsets.UTF_8))).contains("a");
        }
        String longId = "{\"id\":\"" + "a".repeat(1 << 20) + "\"}";
        assertThat(codec.givenId(longId.getBytes(StandardCharsets.UTF_8))).isEmpty();
        assertThat(codec.givenId(null)).isEmpty();
    }

    @Test
    void idsAreCountedInCharactersAsPeopleSeeThem() {
        String emoji = "\uD83D\uDE00";
        assertThat(decode("{\"prompt\":\"a\",\"id\":\"" + emoji.repeat(256) + "\"}").id()).hasSize(512);
        assertThat(refusal("{\"prompt\":\"a\",\"id\":\"" + emoji.repeat(257) + "\"}")).startsWith("id must have");
    }
}
