package io.millrace.schemas;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** What somebody who wrote an unknown name probably meant. */
public final class Suggestion {
    private static final int MAX_NAME_CHARACTERS = 64;

    private Suggestion() {}

    /** "did you mean ...?" when a known name is near, else all known names. */
    static String text(String name, Collection<String> known) {
        return find(name, known).filter(nearest -> distance(name, nearest) <= Math.max(1, nearest.length() / 3))
                .map(nearest -> "did you mean \"" + nearest + "\"?")
                .orElseGet(() -> "known are " + String.join(", ", known));
    }

    /**
     * The known name that is nearest, however far; of equals the first.
     *
     * @param known not empty
     */
    public static String nearest(String name, Collection<String> known) {
        return find(name, known).orElseThrow();
    }

    private static Optional<String> find(String name, Collection<String> known) {
        return known.stream().min(Comparator.comparingInt(candidate -> distance(name, candidate)));
    }

    private static int distance(String name, String known) {
        return steps(plain(name), plain(known));
    }

    /** Makes {@code maxTokens}, {@code max-tokens} and {@code max_tokens} the same. */
    private static String plain(String name) {
        String start = name.substring(0, Math.min(name.length(), MAX_NAME_CHARACTERS));
        return start.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }

    /** Insertions, deletions, replacements and swaps of neighbours that make {@code a} of {@code b} (Damerau 1964). */
    private static int steps(String a, String b) {
        int[][] steps = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                steps[i][j] = i == 0 || j == 0 ? i + j : shortest(steps, a, i, b, j);
            }
        }
        return steps[a.length()][b.length()];
    }

    private static int shortest(int[][] steps, String a, int i, String b, int j) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int result = steps[i - 1][j - 1] + (same ? 0 : 1);
        result = Math.min(result, Math.min(steps[i - 1][j], steps[i][j - 1]) + 1);
        if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
            result = Math.min(result, steps[i - 2][j - 2] + 1);
        }
        return result;
    }
}
