package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Readers of what Millrace writes: unknown fields pass, known ones must be right. */
class LenientReadersTest {
    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void fieldsOfANewerWriterArePassedOver() {
        assertThat(new TokenEventCodec().decode(
                bytes("""
                        {"logprob":-0.5,"type":"token","id":"a","attempt":1,"seq":0,"text":"b","token":7,"more":{"x":[null]}}""")))
                .isEqualTo(new TokenEvent.Token("a", 1, 0, "b", 7));
        assertThat(new CompletionCodec().decode(bytes("""
                {"id":"a","attempt":1,"model":"m","text":"","finish_reason":"stop","worker":"w",
                 "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"cached_tokens":0,"drafted":9},
                 "timings":{"queue_ms":1,"prefill_ms":2.5,"decode_ms":3,"network_ms":4}}""")))
                .isEqualTo(new Completion("a", 1, "m", "", FinishReason.STOP, null, new Usage(1, 2, 0),
                        new Timings(1, 2.5, 3), null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"id":"a"}                                                          | the field type is missing
            {"type":"paused","id":"a"}                                          | type must be one of started, token
            {"type":"token","attempt":1,"seq":0,"text":"b","token":7}           | the field id is missing
            {"type":"token","id":"a","attempt":1,"seq":"0","text":"b","token":7} | seq must be a whole number, not "0"
            {"type":"token","id":"a","attempt":1,"seq":-1,"text":"b","token":7} | seq must be 0 or more, not -1
            {"type":"token","id":"a","attempt":0,"seq":0,"text":"b","token":7}  | attempt must be 1 or more, not 0
            {"type":"token","id":"a","attempt":1,"seq":0,"text":null,"token":7} | text must be a string, not null
            {"type":"failed","id":"a","attempt":1}                              | the field error is missing
            {"type":"failed","id":"a","attempt":1,"error":{"code":"c"}}         | the field error.message is missing
            {"type":"completed","id":"a","attempt":1,"seq":1,"finish_reason":"done"} | finish_reason must be one of stop
            [1]                                                                 | expected a JSON object, found an array
            ` `                                                                 | expected a JSON object, found nothing
            """)
    void anEventThatIsWrongIsRefusedByField(String json, String reason) {
        assertThatThrownBy(() -> new TokenEventCodec().decode(bytes(json))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void aCompletionHasAnErrorIfAndOnlyIfItFailed() {
        String json = """
                {"id":"a","attempt":1,"model":"m","text":"","finish_reason":"error",
                 "usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0,"cached_tokens":0},
                 "timings":{"queue_ms":0,"prefill_ms":0,"decode_ms":0}}""";
        assertThatThrownBy(() -> new CompletionCodec().decode(bytes(json)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("if and only if");
    }

    @Test
    void aControlRecordIsReadStrictly() {
        ControlCodec codec = new ControlCodec();
        assertThat(codec.decode(bytes("{\"id\":\"a\",\"type\":\"cancel\"}"))).isEqualTo(new Control.Cancel("a"));
        assertThatThrownBy(() -> codec.decode(bytes("{\"id\":\"a\",\"type\":\"pause\"}")))
                .isInstanceOf(InvalidPromptException.class).hasMessage("type must be \"cancel\", not \"pause\"");
        assertThatThrownBy(() -> codec.decode(bytes("{\"id\":\"a\",\"type\":\"cancel\",\"ids\":[]}")))
                .isInstanceOf(InvalidPromptException.class).hasMessageContaining("did you mean \"id\"?");
        assertThatThrownBy(() -> codec.decode(bytes("{\"id\":\" \",\"type\":\"cancel\"}")))
                .isInstanceOf(InvalidPromptException.class).hasMessageContaining("id must have 1 to 256 characters");
    }
}
