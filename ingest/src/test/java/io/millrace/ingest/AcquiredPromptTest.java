package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;

class AcquiredPromptTest {
    private static final Duration LOCK = Duration.ofMinutes(1);

    private final AcquiredPrompt acquired = lockedFor(LOCK);

    @Test
    void whileItIsLockedItMayBeFinishedAndCommitted() throws Exception {
        assertThat(acquired.finishing()).isTrue();
        assertThat(acquired.isGone()).isFalse();
        assertThat(acquired.awaitCommitted(Duration.ZERO)).isFalse();
        acquired.committed(null);
        assertThat(acquired.awaitCommitted(Duration.ZERO)).isTrue();
    }

    @Test
    void onceItsLockHasExpiredNothingMoreIsWrittenForIt() {
        var expired = lockedFor(Duration.ofSeconds(-1));
        assertThat(expired.isGone()).isTrue();
        assertThat(expired.finishing()).isFalse();
        expired.lockedUntil(System.nanoTime() + LOCK.toNanos());
        assertThat(expired.isGone()).isFalse();
    }

    @Test
    void stoppingEndsWhatRunsAndLeavesWhatIsFinishedToItsCommit() {
        Disposable running = Disposables.single();
        acquired.running(running);
        assertThat(acquired.stop()).isFalse();
        assertThat(running.isDisposed()).isTrue();
        assertThat(acquired.finishing()).isFalse();

        var finished = lockedFor(LOCK);
        assertThat(finished.finishing()).isTrue();
        assertThat(finished.stop()).isTrue();
        assertThat(finished.isGone()).isFalse();
        finished.drop();
        assertThat(finished.isGone()).isTrue();
    }

    @Test
    void whatWasDeliveredBeforeAnotherWorkerMayHaveBegun() {
        assertThat(acquired.isInherited(0)).isFalse();
        assertThat(new AcquiredPrompt(2, System.nanoTime()).isInherited(0)).isTrue();
    }

    @Test
    void whatBeginsTooLateIsStoppedAtOnce() {
        acquired.drop();
        Disposable late = Disposables.single();
        acquired.running(late);
        assertThat(late.isDisposed()).isTrue();
    }

    private static AcquiredPrompt lockedFor(Duration time) {
        return new AcquiredPrompt(1, System.nanoTime() + time.toNanos());
    }
}
