package io.millrace.compose.chaos;

import static java.util.stream.Collectors.groupingBy;

import io.millrace.compose.chaos.Violation.Kind;
import io.millrace.schemas.Completion;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.TokenEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Says which promises were broken, from what was read. Pure; one for each {@link Observed}. */
final class Checker {
    private final Observed observed;
    private final Map<String, List<Completion>> completions;
    private final List<Violation> violations = new ArrayList<>();

    private Checker(Observed observed) {
        this.observed = observed;
        this.completions = observed.completions().stream().collect(groupingBy(Completion::id));
    }

    /** None if every promise was kept. */
    static List<Violation> check(Observed observed) {
        var checker = new Checker(observed);
        observed.sent().forEach(checker::checkPrompt);
        checker.checkIds();
        observed.watched().forEach(checker::checkClient);
        observed.progress().forEach(checker::checkProgress);
        checker.checkDeadLetters();
        observed.calmTexts().forEach(checker::checkCalmText);
        observed.endedProcesses().forEach(process -> checker.report(Kind.PROCESS_ENDED, process,
                "it ended though nobody asked it to, or not as it was asked to"));
        return List.copyOf(checker.violations);
    }

    private void report(Kind kind, String subject, String detail) {
        violations.add(new Violation(kind, subject, detail));
    }

    private void checkPrompt(Sent sent) {
        List<Completion> found = completions.getOrDefault(sent.id(), List.of());
        if (found.isEmpty()) {
            report(Kind.MISSING_COMPLETION, sent.id(), "prompt " + sent.origin() + " has none");
            return;
        }
        if (found.size() > 1) {
            report(Kind.DOUBLED_COMPLETION, sent.id(), "prompt " + sent.origin() + " has " + found.size()
                    + ", of attempts " + found.stream().map(Completion::attempt).toList());
        }
        Completion completion = found.getFirst();
        boolean isError = completion.finishReason() == FinishReason.ERROR;
        if (isError != sent.isInvalid() || completion.finishReason() == FinishReason.CANCELLED) {
            report(Kind.FAILED_COMPLETION, sent.id(), "it ended with " + completion.finishReason() + " "
                    + completion.error());
        }
        checkStream(sent, completion);
    }

    private void checkStream(Sent sent, Completion completion) {
        ReadStream stream = stream(sent.id());
        for (var record : observed.streams().getOrDefault(sent.id(), List.of())) {
            if (!record.origin().equals(sent.origin())) {
                report(Kind.STREAM_DIVERGED, sent.id(), "an event says it comes of record " + record.origin()
                        + ", the prompt is " + sent.origin());
            }
        }
        stream.gap().ifPresent(gap -> report(Kind.STREAM_GAP, sent.id(), gap));
        stream.divergence().ifPresent(detail -> report(Kind.STREAM_DIVERGED, sent.id(), detail));
        if (stream.end().isEmpty()) {
            report(Kind.STREAM_WITHOUT_END, sent.id(), "it has " + stream.size() + " tokens and no last event");
        }
        if (stream.end().orElse(null) instanceof TokenEvent.Completed completed && completed.seq() != stream.size()) {
            report(Kind.STREAM_GAP, sent.id(), "its end is at seq " + completed.seq() + ", and there are "
                    + stream.size() + " tokens");
        }
        compare(Kind.TEXT_DIFFERS, sent.id(), "stream", stream.text(), completion.text());
        if (completion.usage().completionTokens() != stream.size()) {
            report(Kind.TEXT_DIFFERS, sent.id(), "the completion counts " + completion.usage().completionTokens()
                    + " tokens, the stream has " + stream.size());
        }
    }

    private ReadStream stream(String id) {
        return ReadStream.of(observed.streams().getOrDefault(id, List.of()));
    }

    private void compare(Kind kind, String id, String whose, String text, String completionText) {
        if (!text.equals(completionText)) {
            report(kind, id, "the " + whose + " has " + text.length() + " characters, the completion "
                    + completionText.length() + "; they are equal up to " + commonPrefix(text, completionText));
        }
    }

    private static int commonPrefix(String a, String b) {
        int length = 0;
        while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
            length++;
        }
        return length;
    }

    private void checkIds() {
        Set<String> known = new HashSet<>();
        observed.sent().forEach(sent -> known.add(sent.id()));
        completions.keySet().stream().filter(id -> !known.contains(id))
                .forEach(id -> report(Kind.UNKNOWN_COMPLETION, id, "nobody sent such a prompt"));
    }

    private void checkClient(Watched watched) {
        var text = new StringBuilder();
        int next = 0;
        int ends = 0;
        for (var event : watched.events()) {
            if (event.isLast()) {
                ends++;
            } else if (event instanceof TokenEvent.Token token) {
                if (token.seq() < next) {
                    report(Kind.CLIENT_DOUBLED, watched.id(), "seq " + token.seq() + " came again after " + (next - 1));
                } else if (token.seq() > next) {
                    report(Kind.CLIENT_GAP, watched.id(), "after seq " + (next - 1) + " came " + token.seq());
                }
                next = Math.max(next, token.seq() + 1);
                text.append(token.text());
            }
        }
        if (ends != 1) {
            report(ends == 0 ? Kind.CLIENT_WITHOUT_END : Kind.CLIENT_DOUBLED, watched.id(), "its client saw " + ends
                    + " last events, after " + watched.resumptions() + " resumptions and up to seq " + (next - 1));
        }
        for (var completion : completions.getOrDefault(watched.id(), List.of())) {
            compare(Kind.CLIENT_TEXT_DIFFERS, watched.id(), "client", text.toString(), completion.text());
        }
    }

    private void checkProgress(int partition, Progress progress) {
        if (!progress.isComplete()) {
            report(Kind.UNCOMMITTED_OFFSET, "partition " + partition, "offset " + progress.firstUnfinished()
                    + " is not done by what is committed (" + progress.committed() + " '" + progress.metadata()
                    + "'); the end is " + progress.end());
        }
    }

    private void checkDeadLetters() {
        Map<String, Integer> counts = new HashMap<>();
        observed.deadLetters().forEach(origin -> counts.merge(origin, 1, Integer::sum));
        for (var sent : observed.sent()) {
            int expected = sent.isInvalid() ? 1 : 0;
            int found = Collections.frequency(observed.deadLetters(), sent.origin());
            counts.remove(sent.origin());
            if (found != expected) {
                report(Kind.DEAD_LETTER, sent.id(), "prompt " + sent.origin() + " has " + found
                        + " dead letters, and should have " + expected);
            }
        }
        counts.forEach((origin, count) -> report(Kind.DEAD_LETTER, origin, count + " of a prompt that nobody sent"));
    }

    private void checkCalmText(String id, String text) {
        for (var completion : completions.getOrDefault(id, List.of())) {
            compare(Kind.CALM_TEXT_DIFFERS, id, "run without faults", text, completion.text());
        }
    }
}
