package io.millrace.inference.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlainToolsTest {
    private static final Map<String, Object> TOOL = Map.of("type", "function");

    private static Conversation conversation(List<Map<String, Object>> tools, ChatMessage... messages) {
        return new Conversation(List.of(messages), tools, true, Map.of());
    }

    @Test
    void aConversationWithoutToolsStaysAsItIs() {
        Conversation plain = conversation(List.of(), ChatMessage.of("user", "Hello"));
        assertThat(PlainTools.inWords(plain)).isSameAs(plain);
    }

    @Test
    void toolsAreToldOfBeforeTheSystemMessage() {
        Conversation told = PlainTools.inWords(conversation(List.of(TOOL), ChatMessage.of("system", "Be brief."),
                ChatMessage.of("user", "Hello")));
        assertThat(told.tools()).isEmpty();
        assertThat(told.messages()).extracting(ChatMessage::role).containsExactly("system", "user");
        assertThat(told.messages().getFirst().content().orElseThrow()).startsWith("You have access to")
                .endsWith("{\"type\":\"function\"}\n\nBe brief.");
        assertThat(PlainTools.inWords(conversation(List.of(TOOL), ChatMessage.of("user", "Hello"))).messages())
                .extracting(ChatMessage::role).containsExactly("system", "user");
    }

    @Test
    void callsAreTextAndResultsAreTheUsers() {
        var calls = new ChatMessage("assistant", Optional.of("Let me see."), List.of(
                new ToolCall("1", "f", Map.of("a", 1)), new ToolCall("2", "g", Map.of())), Optional.empty());
        Conversation told = PlainTools.inWords(conversation(List.of(), ChatMessage.of("user", "Hello"), calls,
                ChatMessage.of("tool", "one"), ChatMessage.of("tool", "two"), ChatMessage.of("assistant", "So.")));
        assertThat(told.messages()).containsExactly(ChatMessage.of("user", "Hello"), ChatMessage.of("assistant",
                "Let me see.\n{\"name\":\"f\",\"parameters\":{\"a\":1}}; {\"name\":\"g\",\"parameters\":{}}"),
                ChatMessage.of("user", "one\ntwo"), ChatMessage.of("assistant", "So."));
    }
}
