package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentCancelsTest {
    @Test
    void aCancelThatOvertookItsPromptIsRemembered() {
        var cancels = new RecentCancels(10);
        cancels.add("a", 1_000);
        assertThat(cancels.concern("a", 990)).isTrue();
        assertThat(cancels.concern("b", 990)).isFalse();
    }

    @Test
    void clocksMayDifferALittle() {
        var cancels = new RecentCancels(10);
        cancels.add("a", 1_000);
        assertThat(cancels.concern("a", 1_000 + RecentCancels.CLOCK_SKEW_MILLIS)).isTrue();
    }

    @Test
    void aLaterPromptOfTheSameIdIsNotCancelled() {
        var cancels = new RecentCancels(10);
        cancels.add("a", 1_000);
        assertThat(cancels.concern("a", 1_001 + RecentCancels.CLOCK_SKEW_MILLIS)).isFalse();
    }

    @Test
    void theOldestIsForgottenFirst() {
        var cancels = new RecentCancels(2);
        cancels.add("a", 1);
        cancels.add("b", 1);
        cancels.add("a", 2);
        cancels.add("c", 3);
        assertThat(cancels.concern("a", 1)).isTrue();
        assertThat(cancels.concern("b", 1)).isFalse();
        assertThat(cancels.concern("c", 1)).isTrue();
    }
}
