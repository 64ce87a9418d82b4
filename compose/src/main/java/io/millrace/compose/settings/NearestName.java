package io.millrace.compose.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.stream.IntStream;

/** What someone may have meant who mistyped a name. */
final class NearestName {
    private NearestName() {}

    /** The known name that takes the fewest insertions, deletions and changes of one character (Levenshtein 1966); of equals the first in order. */
    static String of(String name, Collection<String> known) {
        return known.stream().min(Comparator.comparingInt((String candidate) -> distance(name, candidate))
                .thenComparing(Comparator.naturalOrder())).orElseThrow();
    }

    private static int distance(String from, String to) {
        int[] row = IntStream.rangeClosed(0, to.length()).toArray();
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int above = row[j];
                int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[to.length()];
    }
}
