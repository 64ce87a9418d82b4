package io.millrace.inference.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PrecedenceTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static Precedence of(int priority, long seconds, long number) {
        return new Precedence(priority, START.plusSeconds(seconds), Optional.empty(), number);
    }

    private static void inOrder(Precedence... expected) {
        assertThat(Stream.of(expected).sorted(java.util.Comparator.reverseOrder()).sorted())
                .containsExactly(expected);
    }

    @Test
    void thePriorityThenTheDeadlineThenTheArrivalDecide() {
        var soon = new Precedence(5, START, Optional.of(START.plusSeconds(1)), 4);
        var late = new Precedence(5, START, Optional.of(START.plusSeconds(9)), 3);
        inOrder(of(9, 0, 5), soon, late, of(5, 0, 1), of(5, 0, 2), of(0, 0, 0));
    }

    @Test
    void whoWaitsComesBeforeThoseWhoComeLater() {
        long interval = Precedence.AGING.toSeconds();
        inOrder(of(9, interval, 2), of(0, 0, 1));
        inOrder(of(0, 0, 1), of(9, 10 * interval, 2));
        inOrder(of(0, 0, 1), of(9, 9 * interval, 2));
        inOrder(of(5, 0, 1), of(5, interval, 2));
    }
}
