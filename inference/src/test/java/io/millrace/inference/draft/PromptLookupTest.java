package io.millrace.inference.draft;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.cache.TokenSequence;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptLookupTest {
    private static int[] draft(int most, Integer... tokens) {
        var draft = new int[8];
        return Arrays.copyOf(draft, new PromptLookup().draft(new TokenSequence(List.of(tokens)), draft, most));
    }

    @Test
    void whatFollowedBeforeIsGuessedToFollowAgain() {
        assertThat(draft(8, 1, 2, 3, 4, 5, 1, 2)).containsExactly(3, 4, 5, 1, 2);
        assertThat(draft(2, 1, 2, 3, 4, 5, 1, 2)).containsExactly(3, 4);
    }

    @Test
    void theLongestMatchIsTakenAndTheLastOfEquals() {
        assertThat(draft(1, 1, 2, 3, 10, 9, 2, 3, 11, 1, 2, 3)).containsExactly(10);
        assertThat(draft(1, 2, 3, 10, 2, 3, 11, 2, 3)).containsExactly(11);
    }

    @Test
    void repetitionMatchesItself() {
        assertThat(draft(8, 7, 7, 7)).containsExactly(7);
    }

    @Test
    void withoutAMatchThereIsNoGuess() {
        assertThat(draft(8, 1, 2, 3, 4)).isEmpty();
        assertThat(draft(8, 1, 2, 1)).as("one token is not enough").isEmpty();
        assertThat(draft(8, 1)).isEmpty();
    }
}
