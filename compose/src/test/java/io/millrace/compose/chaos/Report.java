package io.millrace.compose.chaos;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** What came of a run. */
record Report(Observed observed, List<Violation> violations, Recovery recovery, Duration duration) {
    private static final int SHOWN_VIOLATIONS = 30;

    Report {
        violations = List.copyOf(violations);
    }

    void print(PrintStream out) {
        List<ReadStream> streams = observed.streams().values().stream().map(ReadStream::of).toList();
        out.printf("prompts           %6d, %d of them to be refused%n", observed.sent().size(), observed.sent().stream()
                .filter(Sent::isInvalid).count());
        out.printf("completions       %6d, dead letters %d%n", observed.completions().size(), observed.deadLetters()
                .size());
        out.printf("streams           %6d, %d of them taken over, in %d attempts at most%n", streams.size(), streams
                .stream().filter(stream -> stream.attempt() > 1).count(),
                streams.stream().mapToInt(ReadStream::attempt)
                        .max().orElse(0));
        out.printf("tokens            %6d, and %d more that readers pass over%n", streams.stream().mapToInt(
                ReadStream::size).sum(), streams.stream().mapToInt(ReadStream::passedOver).sum());
        out.printf("clients           %6d, resumed %d times%n", observed.watched().size(), observed.watched().stream()
                .mapToInt(Watched::resumptions).sum());
        out.printf("calm texts        %6d compared%n", observed.calmTexts().size());
        out.printf(
                "recovery          %6d streams of killed workers: next token after %.1f s (median), %.1f s (worst)%n",
                recovery.millis().size(), recovery.medianMillis() / 1e3, recovery.worstMillis() / 1e3);
        out.printf("time              %6.1f s%n", duration.toMillis() / 1e3);
        violations.stream().limit(SHOWN_VIOLATIONS).forEach(out::println);
        out.println(violations.isEmpty() ? "Every promise was kept." : violations.size() + " promises were broken.");
    }
}
