package io.millrace.inference.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComputeThreadsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void everyMemberDoesItsShareOnceBeforeRunReturns(int members) {
        try (var threads = new ComputeThreads(members)) {
            var runs = new AtomicIntegerArray(members);
            for (int round = 1; round <= 20_000; round++) {
                threads.run((member, count) -> {
                    assertThat(count).isEqualTo(members);
                    runs.incrementAndGet(member);
                });
                for (int member = 0; member < members; member++) {
                    assertThat(runs.get(member)).isEqualTo(round);
                }
            }
        }
    }

    @Test
    void aTeamThatHasSleptWorksAgain() {
        try (var threads = new ComputeThreads(3)) {
            var sum = new AtomicLong();
            for (int round = 0; round < 20; round++) {
                threads.run((member, _) -> {
                    // long enough for the others to park
                    if (member == 0) {
                        spinForMillis(3);
                    }
                    sum.incrementAndGet();
                });
            }
            assertThat(sum).hasValue(60);
        }
    }

    private static void spinForMillis(int millis) {
        long end = System.nanoTime() + millis * 1_000_000L;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aFailureOfAnyMemberIsThrownAfterAllAreDoneAndTheTeamGoesOn() {
        try (var threads = new ComputeThreads(3)) {
            for (int failing = 0; failing < 3; failing++) {
                int bad = failing;
                assertThatThrownBy(() -> threads.run((member, _) -> {
                    if (member == bad) {
                        throw new IllegalArgumentException("member " + member);
                    }
                })).hasMessageContaining("member " + bad);
                var done = new AtomicLong();
                threads.run((_, _) -> done.incrementAndGet());
                assertThat(done).hasValue(3);
            }
        }
    }
}
