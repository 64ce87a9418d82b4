package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiCodecTest {
    private final OpenAiCodec codec = new OpenAiCodec();

    private GenerationCall chat(String more) {
        return codec.chat(bytes("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]" + more + "}"));
    }

    private GenerationCall completion(String more) {
        return codec.completion(bytes("{\"prompt\":\"Hi\"" + more + "}"));
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aChatBecomesAPrompt() {
        var call = chat(",\"model\":\"m\",\"max_completion_tokens\":5,\"temperature\":0.5,\"stop\":\"x\",\"seed\":3,"
                + "\"user\":\"u\",\"metadata\":{\"a\":\"b\"},\"top_p\":null,\"logprobs\":false,\"tools\":[]");
        Prompt prompt = call.prompts().getFirst();
        assertThat(prompt.messages()).containsExactly(new ChatMessage("user", "Hi"));
        assertThat(prompt.model()).isEqualTo("m");
        assertThat(prompt.maxTokens()).isEqualTo(5);
        assertThat(prompt.sampling().temperature()).isEqualTo(0.5);
        assertThat(prompt.sampling().topP()).isNull();
        assertThat(prompt.stop()).containsExactly("x");
        assertThat(prompt.conversation()).isEqualTo("u");
        assertThat(prompt.metadata().toString()).isEqualTo("{\"a\":\"b\"}");
        assertThat(call.stream()).isFalse();
    }

    @Test
    void developersSpeakForTheSystemAndAnAssistantMayHaveSaidNothing() {
        var call = codec.chat(bytes("{\"messages\":[{\"role\":\"developer\",\"content\":[{\"type\":\"text\",\"text\":"
                + "\"Be \"},{\"type\":\"text\",\"text\":\"brief\"}]},{\"role\":\"assistant\",\"content\":null,"
                + "\"refusal\":null}]}"));
        assertThat(call.prompts().getFirst().messages()).containsExactly(new ChatMessage("system", "Be brief"),
                new ChatMessage("assistant", ""));
    }

    @Test
    void choicesHaveNamesAndSeedsOfTheirOwn() {
        var named = completion(",\"n\":2,\"seed\":7").named("id");
        assertThat(named).extracting(Prompt::id).containsExactly("id-0", "id-1");
        assertThat(named).extracting(prompt -> prompt.sampling().seed()).containsExactly(7L, 8L);
        assertThat(completion("").named("id")).extracting(Prompt::id).containsExactly("id");
        var several = codec.completion(bytes("{\"prompt\":[\"a\",\"b\"]}")).named("id");
        assertThat(several).extracting(Prompt::prompt).isEqualTo(List.of("a", "b"));
    }

    @Test
    void likelihoodsAreAskedForInTwoWays() {
        assertThat(chat("").prompts().getFirst().logprobs()).isNull();
        assertThat(chat(",\"logprobs\":true").prompts().getFirst().logprobs()).isZero();
        assertThat(chat(",\"logprobs\":true,\"top_logprobs\":3").prompts().getFirst().logprobs()).isEqualTo(3);
        assertThat(completion(",\"logprobs\":2").prompts().getFirst().logprobs()).isEqualTo(2);
    }

    @Test
    void aTextIsContinuedBySixteenTokensUnlessMoreAreAskedFor() {
        assertThat(completion("").prompts().getFirst().maxTokens()).isEqualTo(16);
        assertThat(completion(",\"max_tokens\":3").prompts().getFirst().maxTokens()).isEqualTo(3);
        assertThat(chat("").prompts().getFirst().maxTokens()).isNull();
    }

    @Test
    void toolsAndCallsAreReadAsClientsSendThem() {
        GenerationCall call = codec.chat(
                bytes("""
                        {"messages":[{"role":"user","content":"x"},
                          {"role":"assistant","content":null,"refusal":null,"annotations":[],"parsed":null,"tool_calls":[{"index":0,"id":"c",
                             "type":"function","function":{"name":"f","arguments":"{}","parsed_arguments":null}}]},
                          {"role":"tool","tool_call_id":"c","content":"5"}],
                         "tools":[{"type":"function","function":{"name":"f","description":null,"parameters":{},"strict":null}}],
                         "tool_choice":"required","parallel_tool_calls":null}"""));
        Prompt prompt = call.prompts().getFirst();
        assertThat(prompt.messages().get(1)).isEqualTo(new ChatMessage("assistant", "", List.of(new ToolCall("c", "f",
                "{}")), null));
        assertThat(prompt.messages().get(2).toolCallId()).isEqualTo("c");
        assertThat(prompt.tools().tools()).extracting(Tool::name).containsExactly("f");
        assertThat(prompt.tools().choice()).isEqualTo(new ToolChoice.Required());
        assertThat(prompt.tools().isParallel()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"\"top_logprobs\":1; top_logprobs; INVALID_PROMPT",
            "\"logprobs\":true,\"top_logprobs\":21; top_logprobs; INVALID_PROMPT",
            "\"tools\":[{}]; tools[0].type; INVALID_PROMPT", "\"tool_choice\":\"any\"; tool_choice; INVALID_PROMPT",
            "\"logit_bias\":{\"1\":2}; logit_bias; NOT_SUPPORTED", "\"store\":true; store; NOT_SUPPORTED",
            "\"temperature\":-1; temperature; INVALID_PROMPT", "\"n\":0; n; INVALID_PROMPT",
            "\"n\":129; n; INVALID_PROMPT", "\"stream\":1; stream; INVALID_PROMPT",
            "\"stream_options\":{}; stream_options; INVALID_PROMPT", "\"max_token\":1; max_token; INVALID_PROMPT",
            "\"stop\":[1]; stop[0]; INVALID_PROMPT", "\"max_tokens\":0; max_tokens; INVALID_PROMPT",
            "\"max_completion_tokens\":0; max_completion_tokens; INVALID_PROMPT",
            "\"stream\":true,\"stream_options\":{\"x\":1}; stream_options.x; INVALID_PROMPT"})
    void whatCannotBeDoneIsRefusedByName(String more, String field, ErrorCode code) {
        assertThatThrownBy(() -> chat("," + more)).asInstanceOf(type(InvalidPromptException.class))
                .satisfies(refusal -> {
                    assertThat(refusal.field()).contains(field);
                    assertThat(refusal.code()).isEqualTo(code);
                    assertThat(refusal).hasMessageContaining(field);
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"[{\"role\":\"boss\",\"content\":\"x\"}]; messages[0].role",
            "[{\"role\":\"user\"}]; messages[0].content", "[]; messages", "5; messages",
            "[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]; messages[0].content[0].type",
            "[{\"role\":\"user\",\"content\":\"x\",\"name\":\"n\"}]; messages[0].name",
            "[{\"role\":\"assistant\",\"tool_calls\":[{}]}]; messages[0].tool_calls[0].type"})
    void aMessageThatCannotBeReadIsRefusedByItsPlace(String messages, String field) {
        assertThatThrownBy(() -> codec.chat(bytes("{\"messages\":" + messages + "}")))
                .asInstanceOf(type(InvalidPromptException.class))
                .satisfies(refusal -> assertThat(refusal.field()).contains(field));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"\"echo\":true; echo", "\"suffix\":\"x\"; suffix", "\"best_of\":2; best_of",
            "\"logprobs\":21; logprobs"})
    void ofTextCompletionsToo(String more, String field) {
        assertThatThrownBy(() -> completion("," + more)).asInstanceOf(type(InvalidPromptException.class))
                .satisfies(refusal -> assertThat(refusal.field()).contains(field));
        assertThat(completion(",\"echo\":false,\"suffix\":null,\"best_of\":1,\"logit_bias\":{}").choices())
                .isEqualTo(1);
    }
}
