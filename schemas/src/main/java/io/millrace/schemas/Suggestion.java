package io.millrace.schemas;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** What somebody who wrote an unknown name probably meant. */
final class Suggestion {
    private static final int MAX_NAME_CHARACTERS = 64;

    private Suggestion() {}

    /** "did you mean ...?" when a known name is near, else all known names. */
    static String text(String name, Collection<String> known) {
        String plain = plain(name);
        return known.stream().min(Comparator.comparingInt(candidate -> distance(plain, plain(candidate))))
                .filter(nearest -> distance(plain, plain(nearest)) <= Math.max(1, nearest.length() / 3))
                .map(nearest -> "did you mean \"" + nearest + "\"?")
                .orElseGet(() -> "known are " + String.join(", ", known));
    }

    /** Makes {@code maxTokens}, {@code max-tokens} and {@code max_tokens} the same. */
    private static String plain(String name) {
        String start = name.substring(0, Math.min(name.length(), MAX_NAME_CHARACTERS));
        return start.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }

    /** Levenshtein's distance: insertions, deletions and replacements of one character. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
