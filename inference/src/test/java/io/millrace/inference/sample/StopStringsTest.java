package io.millrace.inference.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StopStringsTest {
    @Test
    void whatMayBeginAStopStringIsHeldBackUntilItIsSure() {
        var stops = new StopStrings(List.of("END"));
        assertThat(stops.append("the E")).isEqualTo("the ");
        assertThat(stops.append("N")).isEmpty();
        assertThat(stops.append("E")).isEqualTo("EN");
        assertThat(stops.append("ND and more")).isEmpty();
        assertThat(stops.stopped()).isTrue();
        assertThat(stops.append("more")).isEmpty();
        assertThat(stops.finish()).isEmpty();
    }

    @Test
    void whatWasHeldBackComesAtTheEnd() {
        var stops = new StopStrings(List.of("END", "ENOUGH"));
        assertThat(stops.append("the EN")).isEqualTo("the ");
        assertThat(stops.finish()).isEqualTo("EN");
        assertThat(stops.stopped()).isFalse();
    }

    @Test
    void aCharacterOfTwoPartsIsNeverSplit() {
        // begins with the second half of the face
        var stops = new StopStrings(List.of("\ude00y"));
        assertThat(stops.append("\ud83d\ude00")).isEmpty();
        assertThat(stops.append("z")).isEqualTo("\ud83d\ude00z");
    }

    @Test
    void anEmptyStopStringIsRefused() {
        assertThatThrownBy(() -> new StopStrings(List.of("a", ""))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty");
    }

    @Test
    void anyTextInAnyPiecesEndsBeforeTheStopStringThatIsCompleteFirst() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            String text = letters(random, random.nextInt(30));
            List<String> stops = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                stops.add(letters(random, 1 + random.nextInt(5)));
            }
            var watched = new StopStrings(stops);
            var shown = new StringBuilder();
            for (int at = 0; at < text.length();) {
                int to = Math.min(text.length(), at + 1 + random.nextInt(4));
                shown.append(watched.append(text.substring(at, to)));
                at = to;
            }
            shown.append(watched.finish());
            assertThat(shown.toString()).as("seed %s: %s without %s", seed, text, stops).isEqualTo(cut(text, stops));
        }
    }

    private static String letters(Random random, int length) {
        return random.ints(length, 'a', 'c' + 1).collect(StringBuilder::new, StringBuilder::appendCodePoint,
                StringBuilder::append).toString();
    }

    /** The plain way: try every end, the longest string first. */
    private static String cut(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            String before = text.substring(0, end);
            int longest = stops.stream().filter(before::endsWith).mapToInt(String::length).max().orElse(0);
            if (longest > 0) {
                return before.substring(0, end - longest);
            }
        }
        return text;
    }

    @Test
    @Timeout(10)
    void hostileStopStringsTakeLinearTime() {
        String almost = "a".repeat(100_000);
        var stops = new StopStrings(List.of(almost + "b"));
        int shown = 0;
        for (int i = 0; i < 100; i++) {
            shown += stops.append(almost).length();
        }
        assertThat(shown).isEqualTo(99 * 100_000);
    }
}
