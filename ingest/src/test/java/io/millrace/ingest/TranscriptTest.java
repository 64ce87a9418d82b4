package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.GenerationEvent;
import io.millrace.inference.chat.AnswerParser;
import io.millrace.schemas.AnswerDelta;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Timings;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TranscriptTest {
    private static final int TAG = 7;

    private static AnswerReading reading() {
        return new ToolCallReading(new AnswerParser(Set.of("add"), OptionalInt.of(TAG)), "id");
    }

    /** What a worker streams of an answer, each character a token. */
    private static List<TokenEvent.Token> stream(Transcript transcript, String answer, int from) {
        var events = new ArrayList<TokenEvent.Token>();
        for (int i = from; i < answer.length(); i++) {
            String text = answer.charAt(i) == '#' ? "" : answer.substring(i, i + 1);
            int token = answer.charAt(i) == '#' ? TAG : 1;
            AnswerDelta delta = transcript.token(new GenerationEvent.Token(i, token, text));
            events.add(new TokenEvent.Token("id", 1, i, text, token, null, delta));
        }
        return events;
    }

    /** The number sign stands for the tag before code. */
    @ParameterizedTest
    @ValueSource(strings = {"{\"name\": \"add\", \"parameters\": {\"a\": 1}}; {\"name\": \"add\", \"parameters\": {}}",
            "Hello { there }", "{\"name\": \"other\", \"parameters\": {}}", "#print(1)",
            "#{\"name\": \"add\", \"parameters\": {}}",
            "{\"name\": \"add\", \"parameters\": {\"a", " \n{\"na"})
    void whereverAWorkerTakesOverTheReadingIsTheSame(String answer) {
        var alone = new Transcript();
        alone.readBy(reading());
        List<TokenEvent.Token> whole = stream(alone, answer, 0);
        AnswerDelta last = alone.lastDelta();
        for (int cut = 0; cut <= whole.size(); cut++) {
            var taken = new Transcript();
            taken.resume(new StreamedPrompt(2, 0, "m", "w", whole.subList(0, cut), Optional.empty()));
            taken.readBy(reading());
            assertThat(stream(taken, answer, cut)).as("behind %d tokens", cut)
                    .isEqualTo(whole.subList(cut, whole.size()));
            assertThat(taken.lastDelta()).isEqualTo(last);
            assertThat(taken.message()).isEqualTo(alone.message());
            assertThat(taken.text()).isEqualTo(alone.text());
        }
    }

    @Test
    void aStreamThatHasEndedIsNotReadAgain() {
        var alone = new Transcript();
        alone.readBy(reading());
        List<TokenEvent.Token> whole = stream(alone, "#print(1)", 0);
        AnswerDelta last = alone.lastDelta();
        var end = new TokenEvent.Completed("id", 1, whole.size(), FinishReason.TOOL_CALLS, Usage.NONE,
                new Timings(0, 0, 0), last, null);
        var taken = new Transcript();
        taken.resume(new StreamedPrompt(1, 0, "m", "w", whole, Optional.of(end)));
        taken.ended(end);
        assertThat(taken.message()).isEqualTo(alone.message());
        assertThat(taken.message().toolCalls()).hasSize(1);
    }

    @Test
    void anAnswerThatCallsToolsEndsWithThat() {
        var calls = new Transcript();
        calls.readBy(reading());
        stream(calls, "{\"name\": \"add\", \"parameters\": {}}", 0);
        calls.finished(new GenerationEvent.Finished(GenerationEvent.Reason.END_OF_GENERATION, 1, Duration.ZERO,
                Duration.ZERO, Duration.ZERO));
        assertThat(calls.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        var plain = new Transcript();
        plain.token(new GenerationEvent.Token(0, 1, "{"));
        assertThat(plain.message()).isNull();
        assertThat(plain.lastDelta()).isNull();
    }
}
