package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LlamaCppCodecTest {
    private static GenerationCall completion(String more) {
        return new LlamaCppCodec().completion(("{\"prompt\":\"Hi\"" + more + "}").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aCompletionBecomesAPrompt() {
        var call = completion(",\"n_predict\":5,\"top_k\":3,\"typical_p\":1.0,\"stop\":[\"a\"],\"stream\":true,"
                + "\"json_schema\":{\"type\":\"null\"},\"mirostat\":0,\"cache_prompt\":true,\"id_slot\":-1");
        Prompt prompt = call.prompts().getFirst();
        assertThat(prompt.maxTokens()).isEqualTo(5);
        assertThat(prompt.sampling().topK()).isEqualTo(3);
        assertThat(prompt.responseFormat().toString())
                .isEqualTo("{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"type\":\"null\"}}}");
        assertThat(call.stream()).isTrue();
    }

    @Test
    void minusOneMeansAsManyAsFitAndAnySeed() {
        Prompt prompt = completion(",\"n_predict\":-1,\"seed\":-1").prompts().getFirst();
        assertThat(prompt.maxTokens()).isNull();
        assertThat(prompt.sampling().seed()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"\"mirostat\":2; mirostat", "\"n_probs\":21; n_probs",
            "\"n_predict\":-2; n_predict", "\"cache_prompt\":false; cache_prompt", "\"logit_bias\":[[1,2]]; logit_bias",
            "\"n_predicted\":2; n_predicted"})
    void whatCannotBeDoneIsRefusedByName(String more, String field) {
        assertThatThrownBy(() -> completion("," + more)).asInstanceOf(type(InvalidPromptException.class))
                .satisfies(refusal -> assertThat(refusal.field()).contains(field));
    }
}
