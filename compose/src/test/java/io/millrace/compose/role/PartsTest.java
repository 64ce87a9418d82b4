package io.millrace.compose.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartsTest {
    private final List<String> closed = new ArrayList<>();
    private final Parts parts = new Parts();

    @Test
    void theLatestIsClosedFirstAndEachOnce() {
        parts.add("broker", () -> closed.add("broker"));
        parts.add("worker", () -> closed.add("worker"));
        parts.close();
        parts.close();
        assertThat(closed).containsExactly("worker", "broker");
    }

    @Test
    void onePartThatFailsDoesNotKeepTheOthersOpen() {
        parts.add("broker", () -> closed.add("broker"));
        parts.add("worker", () -> {
            throw new IllegalStateException("does not close");
        });
        parts.close();
        assertThat(closed).containsExactly("broker");
    }

    @Test
    void aPartThatStartsTooLateIsClosedAtOnce() {
        parts.close();
        parts.add("worker", () -> closed.add("worker"));
        assertThat(closed).containsExactly("worker");
    }
}
