package io.millrace.compose.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.Engine;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.SamplingOptions;
import io.millrace.inference.chat.ChatMessage;
import java.io.BufferedReader;
import java.io.StringReader;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChatTest {
    private static final int LONGEST_ANSWER = 12;

    private final LanguageModel model = LanguageModel.demo();
    private final Engine engine = Engine.start(model, EngineOptions.defaults(model).withMaxSequences(1));
    private final ChatSession session = session(Optional.empty());
    private final StringBuilder out = new StringBuilder();

    @AfterEach
    void close() {
        engine.close();
        model.close();
    }

    private ChatSession session(Optional<String> system) {
        return new ChatSession(model, engine, SamplingOptions.GREEDY, LONGEST_ANSWER, system, Optional.empty());
    }

    private void type(ChatSession to, String... lines) {
        new Chat(to, new PipedLines(new BufferedReader(new StringReader(String.join("\n", lines)))), out::append).run();
    }

    private List<String> roles() {
        return session.messages().stream().map(ChatMessage::role).toList();
    }

    @Test
    void questionsAreAnsweredWithAllThatWasSaidBefore() {
        type(session, "Hello!", "", "Tell me a story.");
        assertThat(roles()).containsExactly("user", "assistant", "user", "assistant");
        String first = session.messages().get(1).content().orElseThrow();
        String second = session.messages().get(3).content().orElseThrow();
        assertThat(out.toString()).isEqualTo(first + "\n" + second + "\n");

        ChatSession fresh = session(Optional.empty());
        fresh.ask("Tell me a story.", _ -> {});
        assertThat(session.tokens()).isGreaterThan(fresh.tokens());
    }

    @Test
    void theSystemMessageComesFirstAndOutlivesClear() {
        ChatSession told = session(Optional.of("You tell stories."));
        type(told, "Hello!", "/clear");
        assertThat(told.messages()).containsExactly(ChatMessage.of("system", "You tell stories."));
    }

    @Test
    void tripleQuotesHoldALinesTogether() {
        type(session, "\"\"\"", "one", "two", "\"\"\"", "\"\"\"three", "four\"\"\"");
        assertThat(session.messages().get(0).content()).contains("one\ntwo");
        assertThat(session.messages().get(2).content()).contains("three\nfour");
    }

    @Test
    void commandsChangeAndShowTheConversation() {
        type(session, "/stats", "/undo", "/forget", "one", "two", "three", "/undo", "/forget", "/dump", "/context",
                "/stats", "/help", "/dance", "/exit", "never asked");
        assertThat(session.messages().getFirst().content()).contains("two");
        assertThat(roles()).containsExactly("user", "assistant");
        assertThat(out.toString()).contains("nothing was answered yet", "nothing was asked yet", "user: two",
                session.tokens() + " of 512 tokens are used", "tokens, the first after", "/forget",
                "there is no command /dance").doesNotContain("never asked");
    }

    @Test
    void aConversationThatOutgrowsTheContextSaysHowToGoOn() {
        type(session, "Hello!", "boat ".repeat(600), "/context", "Hello again!");
        assertThat(out.toString()).contains("the context of 512", "/forget drops");
        assertThat(roles()).containsExactly("user", "assistant", "user", "assistant");
        assertThat(session.messages().get(2).content()).contains("Hello again!");
    }

    @Test
    void aStoppedAnswerIsKeptAsFarAsItCame() {
        session.ask("Tell me a story.", part -> {
            out.append(part);
            session.stop();
        });
        assertThat(session.messages().getLast().content()).contains(out.toString());
        assertThat(out.toString()).isNotEmpty();
        session.ask("Go on.", _ -> {});
        assertThat(session.messages()).hasSize(4);
        session.stop();
    }
}
