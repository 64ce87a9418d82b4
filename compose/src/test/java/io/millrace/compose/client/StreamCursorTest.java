package io.millrace.compose.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.TokenEvent;
import org.junit.jupiter.api.Test;

class StreamCursorTest {
    private final StreamCursor cursor = new StreamCursor();

    @Test
    void tokensAreReadOnceEach() {
        assertThat(cursor.advance(token(1, 0))).isTrue();
        assertThat(cursor.advance(token(1, 0))).isFalse();
        assertThat(cursor.advance(token(1, 1))).isTrue();
    }

    @Test
    void aHigherAttemptGoesOnWhereTheLowerEnded() {
        assertThat(cursor.advance(token(1, 0))).isTrue();
        assertThat(cursor.advance(started(2))).isTrue();
        assertThat(cursor.advance(token(2, 0))).isFalse();
        assertThat(cursor.advance(token(2, 1))).isTrue();
    }

    @Test
    void eventsOfALowerAttemptThatComeLaterArePassedOver() {
        assertThat(cursor.advance(started(2))).isTrue();
        assertThat(cursor.advance(token(1, 5))).isFalse();
        assertThat(cursor.advance(started(1))).isFalse();
        assertThat(cursor.advance(token(2, 5))).isTrue();
    }

    private static TokenEvent started(int attempt) {
        return new TokenEvent.Started("id", attempt, "model", 1, 0);
    }

    private static TokenEvent token(int attempt, int seq) {
        return new TokenEvent.Token("id", attempt, seq, "x", 7);
    }
}
