package io.millrace.compose.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.chaos.Violation.Kind;
import io.millrace.schemas.Completion;
import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.ErrorDetail;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.Timings;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Usage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each test breaks one promise in a run that kept all of them. */
class CheckerTest {
    private static final String ORIGIN = "0-0";

    private final ObservedBuilder run = new ObservedBuilder();

    @Test
    void aRunThatKeptEveryPromiseHasNoViolations() {
        assertThat(Checker.check(run.build())).isEmpty();
    }

    @Test
    void aMissingCompletionIsFound() {
        run.completions = List.of();
        assertFound(Kind.MISSING_COMPLETION);
    }

    @Test
    void aDoubledCompletionIsFound() {
        run.completions = List.of(completion("one two"), completion("one two"));
        assertFound(Kind.DOUBLED_COMPLETION);
    }

    @Test
    void aCompletionThatNobodyAskedForIsFound() {
        run.completions = List.of(completion("one two"), completion("other", "one two"));
        assertFound(Kind.UNKNOWN_COMPLETION);
    }

    @Test
    void aGoodPromptThatFailedIsFound() {
        run.completions = List.of(new Completion("p", 2, "m", "one two", FinishReason.ERROR, new ErrorDetail(
                ErrorCode.GAVE_UP, "three times"), new Usage(1, 2, 0), Timings.NONE, null));
        assertFound(Kind.FAILED_COMPLETION);
    }

    @Test
    void aCompletionWhoseTextIsNotItsStreamsIsFound() {
        run.completions = List.of(completion("one  two"));
        assertThat(kinds()).containsOnly(Kind.TEXT_DIFFERS, Kind.CLIENT_TEXT_DIFFERS, Kind.CALM_TEXT_DIFFERS);
    }

    @Test
    void aTokenThatIsMissingFromAStreamIsFound() {
        run.stream = List.of(started(1), token(1, 0, "one"), token(1, 2, " two"), completed(1, 3));
        run.completions = List.of(completion("one two", 2));
        assertThat(kinds()).contains(Kind.STREAM_GAP);
    }

    @Test
    void aStreamWhoseLastTokenIsMissingIsFound() {
        run.stream = List.of(started(1), token(1, 0, "one"), token(1, 1, " two"), completed(1, 3));
        assertFound(Kind.STREAM_GAP);
    }

    @Test
    void aStreamThatDoesNotEndIsFound() {
        run.stream = List.of(started(1), token(1, 0, "one"), token(1, 1, " two"));
        assertFound(Kind.STREAM_WITHOUT_END);
    }

    @Test
    void whatALowerAttemptWritesLateDoesNotCount() {
        run.stream = List.of(started(1), token(1, 0, "one"), started(2), token(1, 1, " two"), token(2, 1, " two"),
                completed(1, 1), completed(2, 2));
        assertThat(Checker.check(run.build())).isEmpty();
    }

    @Test
    void anAttemptThatGoesOnTooFarAheadIsFound() {
        run.stream = List.of(started(1), token(1, 0, "one"), started(2), token(1, 1, " two"), token(2, 2, " three"),
                completed(2, 2));
        assertThat(kinds()).contains(Kind.STREAM_GAP);
    }

    @Test
    void twoAttemptsThatSampleDifferentlyAreFound() {
        run.stream = List.of(started(1), token(1, 0, "one"), started(2), token(1, 1, " three"), token(2, 1, " two"),
                completed(2, 2));
        assertFound(Kind.STREAM_DIVERGED);
    }

    @Test
    void anEventOfAnotherPromptIsFound() {
        run.origin = "0-1";
        assertThat(kinds()).containsOnly(Kind.STREAM_DIVERGED);
    }

    @Test
    void aTokenThatAClientSawTwiceIsFound() {
        run.watched = List.of(started(1), token(1, 0, "one"), token(1, 0, "one"), token(1, 1, " two"), completed(1, 2));
        assertThat(kinds()).containsExactlyInAnyOrder(Kind.CLIENT_DOUBLED, Kind.CLIENT_TEXT_DIFFERS);
    }

    @Test
    void aTokenThatAClientMissedIsFound() {
        run.watched = List.of(started(1), token(1, 1, " two"), completed(1, 2));
        assertThat(kinds()).containsExactlyInAnyOrder(Kind.CLIENT_GAP, Kind.CLIENT_TEXT_DIFFERS);
    }

    @Test
    void aClientThatSawNoEndIsFound() {
        run.watched = List.of(started(1), token(1, 0, "one"), token(1, 1, " two"));
        assertFound(Kind.CLIENT_WITHOUT_END);
    }

    @Test
    void aClientThatSawTheEndTwiceIsFound() {
        run.watched = List.of(token(1, 0, "one"), token(1, 1, " two"), completed(1, 2), completed(1, 2));
        assertFound(Kind.CLIENT_DOUBLED);
    }

    @Test
    void anOffsetThatIsNotCommittedIsFound() {
        run.progress = new Progress(0, "", 1);
        assertFound(Kind.UNCOMMITTED_OFFSET);
    }

    @Test
    void aDeadLetterThatNobodyExpectsIsFound() {
        run.deadLetters = List.of(ORIGIN);
        assertFound(Kind.DEAD_LETTER);
    }

    @Test
    void aDeadLetterOfAnUnknownPromptIsFound() {
        run.deadLetters = List.of("7-7");
        assertFound(Kind.DEAD_LETTER);
    }

    @Test
    void aRefusedPromptNeedsItsDeadLetterAndItsError() {
        run.isInvalid = true;
        assertThat(kinds()).containsExactlyInAnyOrder(Kind.FAILED_COMPLETION, Kind.DEAD_LETTER);
    }

    @Test
    void aTextThatFaultsHaveChangedIsFound() {
        run.calmText = "one three";
        assertFound(Kind.CALM_TEXT_DIFFERS);
    }

    @Test
    void aProcessThatEndedByItselfIsFound() {
        run.ended = List.of("worker-3");
        assertFound(Kind.PROCESS_ENDED);
    }

    private void assertFound(Kind kind) {
        assertThat(kinds()).containsExactly(kind);
    }

    private List<Kind> kinds() {
        return Checker.check(run.build()).stream().map(Violation::kind).toList();
    }

    private static Completion completion(String text) {
        return completion("p", text);
    }

    private static Completion completion(String id, String text) {
        return new Completion(id, 1, "m", text, FinishReason.STOP, null, new Usage(1, 2, 0), Timings.NONE, null);
    }

    private static Completion completion(String text, int tokens) {
        return new Completion("p", 1, "m", text, FinishReason.STOP, null, new Usage(1, tokens, 0), Timings.NONE, null);
    }

    private static TokenEvent started(int attempt) {
        return new TokenEvent.Started("p", attempt, "m", 1, 0);
    }

    private static TokenEvent token(int attempt, int seq, String text) {
        return new TokenEvent.Token("p", attempt, seq, text, text.length());
    }

    private static TokenEvent completed(int attempt, int seq) {
        return new TokenEvent.Completed("p", attempt, seq, FinishReason.STOP, new Usage(1, 2, 0), Timings.NONE);
    }

    /** One prompt, with a client. */
    private static final class ObservedBuilder {
        boolean isInvalid;
        String origin = ORIGIN;
        List<Completion> completions = List.of(completion("one two"));
        List<TokenEvent> stream = List.of(started(1), token(1, 0, "one"), token(1, 1, " two"), completed(1, 2));
        List<TokenEvent> watched = stream;
        List<String> deadLetters = List.of();
        Progress progress = new Progress(1, "", 1);
        String calmText = "one two";
        List<String> ended = List.of();

        Observed build() {
            return new Observed(List.of(new Sent(Prompt.ofText("zero").withId("p"), 0, 0, isInvalid)), completions, Map
                    .of("p", stream.stream().map(event -> new StreamRecord(event, origin, 0)).toList()), deadLetters,
                    Map.of(0, progress), List.of(new Watched("p", watched, 1)), Map.of("p", calmText), ended);
        }
    }
}
