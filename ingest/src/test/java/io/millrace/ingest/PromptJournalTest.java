package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.FinishReason;
import io.millrace.schemas.PromptProgress;
import io.millrace.schemas.PromptProgress.Stage;
import io.millrace.schemas.WorkerReport;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PromptJournalTest {
    private final AtomicLong now = new AtomicLong(1_000);
    private final PromptJournal journal = new PromptJournal(() -> Instant.ofEpochMilli(now.get()));

    private void at(long millis) {
        now.set(millis);
    }

    @Test
    void aPromptIsFollowedFromStageToStage() {
        at(1_000);
        journal.admitted("a", 900);
        assertThat(journal.inHand()).isOne();
        at(1_010);
        journal.started("a", 7, 3);
        assertThat(journal.recent()).containsExactly(new PromptProgress("a", Stage.PREFILL, 900, 1_000L, 1_010L, null,
                null, 7, 3, 0));
        at(1_020);
        journal.token("a");
        at(1_030);
        journal.token("a");
        journal.ended("a", 900, FinishReason.STOP);
        assertThat(journal.recent()).containsExactly(new PromptProgress("a", Stage.COMPLETED, 900, 1_000L, 1_010L,
                1_020L, 1_030L, 7, 3, 2));
        assertThat(journal.inHand()).isZero();
        assertThat(journal.generatedTokens()).isEqualTo(2);
        assertThat(journal.timeToFirstToken()).isEqualTo(new WorkerReport.Quantiles(120, 120));
    }

    @Test
    void theLatestComesFirst() {
        journal.admitted("a", 0);
        journal.admitted("b", 0);
        journal.token("a");
        assertThat(journal.recent()).extracting(PromptProgress::id).containsExactly("b", "a");
        journal.ended("a", 0, FinishReason.CANCELLED);
        journal.admitted("a", 5);
        assertThat(journal.recent()).extracting(PromptProgress::id).containsExactly("a", "b");
    }

    @Test
    void onesThatNeverBeganAreThereToo() {
        journal.ended("a", 900, FinishReason.ERROR);
        assertThat(journal.recent()).containsExactly(new PromptProgress("a", Stage.FAILED, 900, null, null, null,
                1_000L, 0, 0, 0));
        assertThat(journal.inHand()).isZero();
        assertThat(journal.timeToFirstToken()).isNull();
    }

    @Test
    void oneThatIsHandedOverIsForgottenAndOneThatEndedIsNot() {
        journal.admitted("a", 0);
        journal.handedOver("a");
        journal.admitted("b", 0);
        journal.ended("b", 0, FinishReason.LENGTH);
        journal.handedOver("b");
        assertThat(journal.recent()).extracting(PromptProgress::id).containsExactly("b");
        assertThat(journal.inHand()).isZero();
    }

    @Test
    void onlySoManyAreKeptAndNoneInHandIsForgotten() {
        for (int i = 0; i < 200; i++) {
            journal.admitted("slow-" + i, 0);
            journal.admitted("quick-" + i, 0);
            journal.ended("quick-" + i, 0, FinishReason.STOP);
        }
        assertThat(journal.recent()).hasSize(WorkerReport.MAX_RECENT);
        for (int i = 0; i < 200; i++) {
            journal.ended("slow-" + i, 0, FinishReason.STOP);
        }
        assertThat(journal.inHand()).isZero();
        assertThat(journal.recent()).hasSize(WorkerReport.MAX_RECENT)
                .allSatisfy(prompt -> assertThat(prompt.hasEnded()).isTrue());
    }
}
