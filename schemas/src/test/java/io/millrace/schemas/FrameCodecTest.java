package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameCodecTest {
    private final FrameCodec codec = new FrameCodec();

    @Test
    void aPromptIsSubmittedWithItsFieldsBesideTheType() {
        assertThat(codec.decodeClient("{\"prompt\":\"a\",\"type\":\"prompt\"}"))
                .isEqualTo(new ClientFrame.Submit(Prompt.ofText("a")));
    }

    @Test
    void aSubscriptionBeginsAtZeroUnlessItSaysOtherwise() {
        assertThat(codec.decodeClient("{\"type\":\"subscribe\",\"id\":\"a\"}"))
                .isEqualTo(new ClientFrame.Subscribe("a", 0));
        assertThat(codec.decodeClient("{\"type\":\"subscribe\",\"id\":\"a\",\"from\":17}"))
                .isEqualTo(new ClientFrame.Subscribe("a", 17));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"type":"ping"}                             | one of prompt, subscribe, unsubscribe, cancel, not "ping"
            {"type":7}                                  | type must be a string, not 7
            {"prompt":"a"}                              | the field type is missing
            {"type":"prompt"}                           | give either prompt or messages
            {"type":"prompt","prompt":"a","form":1}     | unknown field "form"
            {"type":"subscribe"}                        | the field id is missing
            {"type":"subscribe","id":"a","from":-1}     | from must be from 0 to 2147483647, not -1
            {"type":"subscribe","id":"a","form":1}      | did you mean "from"?
            {"type":"unsubscribe","id":"a","from":1}    | unknown field "from"
            {"type":"cancel","id":""}                   | id must have 1 to 256 characters
            Once upon a time                            | not valid JSON
            ` `                                         | expected a JSON object, found nothing
            """)
    void aFrameThatIsWrongIsRefusedByField(String frame, String reason) {
        assertThatThrownBy(() -> codec.decodeClient(frame)).isInstanceOf(InvalidPromptException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void aFrameOverTheLimitIsRefused() {
        assertThatThrownBy(() -> new FrameCodec(10).decodeClient("{\"type\":\"cancel\",\"id\":\"a\"}"))
                .isInstanceOfSatisfying(InvalidPromptException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.PROMPT_TOO_LARGE));
    }

    @Test
    void aRefusalTellsWhyAndLeavesOutAnIdThatIsNotKnown() {
        InvalidPromptException reason = new InvalidPromptException("prompt must not be empty");
        assertThat(codec.encode(new ServerFrame.Refused(reason, null)))
                .isEqualTo("{\"type\":\"error\",\"code\":\"invalid_prompt\",\"message\":\"prompt must not be empty\"}");
        assertThat(codec.encode(new ServerFrame.Refused(reason, "a"))).endsWith(",\"id\":\"a\"}");
    }

    @Test
    void aServerFrameOfAnotherTypeIsRefused() {
        assertThatThrownBy(() -> codec.decodeServer("{\"type\":\"pong\"}")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("accepted, error, started, token, completed, failed");
    }
}
