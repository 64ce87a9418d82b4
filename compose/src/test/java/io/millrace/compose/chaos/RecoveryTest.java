package io.millrace.compose.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.TokenEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveryTest {
    private static final long KILL = 100_000;

    @Test
    void itLastsFromTheKillToTheNextToken() {
        assertThat(of(List.of(token(1, 0, KILL - 10), started(2, KILL + 7_000), token(2, 1, KILL + 7_500))).millis())
                .containsExactly(7_500L);
    }

    @Test
    void streamsThatRanElsewhereDoNotCount() {
        assertThat(of(List.of(token(1, 0, KILL - 10), token(1, 1, KILL + 10), started(2, KILL + 5_000), token(2, 2,
                KILL + 6_000))).millis()).isEmpty();
    }

    @Test
    void streamsThatStoodStillBeforeDoNotCount() {
        assertThat(of(List.of(token(1, 0, KILL - 3_000), started(2, KILL + 10), token(2, 1, KILL + 20))).millis())
                .isEmpty();
    }

    @Test
    void theMedianIsTheMiddleOne() {
        var recovery = new Recovery(List.of(1L, 2L, 30L));
        assertThat(recovery.medianMillis()).isEqualTo(2);
        assertThat(recovery.worstMillis()).isEqualTo(30);
    }

    private static Recovery of(List<StreamRecord> stream) {
        return Recovery.of(List.of(KILL), List.of(stream));
    }

    private static StreamRecord started(int attempt, long at) {
        return new StreamRecord(new TokenEvent.Started("p", attempt, "m", 1, 0), "0-0", at);
    }

    private static StreamRecord token(int attempt, int seq, long at) {
        return new StreamRecord(new TokenEvent.Token("p", attempt, seq, "x", 1), "0-0", at);
    }
}
