package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerMessageTest {
    private final AnswerMessage.Assembly assembly = new AnswerMessage.Assembly();

    private void add(String content, AnswerDelta.Call... calls) {
        assembly.add(new AnswerDelta(content, List.of(calls)));
    }

    @Test
    void deltasPutTogetherAreTheMessage() {
        add("Let me ");
        add("see.", new AnswerDelta.Call(0, "x", "weather", "{"));
        add("", new AnswerDelta.Call(0, null, null, "}"), new AnswerDelta.Call(1, "y", "time", ""));
        assertThat(assembly.hasCalls()).isTrue();
        assertThat(assembly.message()).isEqualTo(new AnswerMessage("Let me see.",
                List.of(new ToolCall("x", "weather", "{}"), new ToolCall("y", "time", ""))));
    }

    @Test
    void aCallThatWasNotBegunIsNoCall() {
        assertThatThrownBy(() -> add("", new AnswerDelta.Call(0, null, null, "{"))).hasMessageContaining("not begun");
        assertThat(assembly.hasCalls()).isFalse();
    }
}
