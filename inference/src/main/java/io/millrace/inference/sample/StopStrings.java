package io.millrace.inference.sample;

import java.util.List;

/**
 * Watches a text for the first of some strings to be complete, and holds back what may be the beginning of one (Knuth, Morris and
 * Pratt 1977: linear in the text). One text an object; not thread-safe.
 */
public final class StopStrings {
    private final List<Matcher> matchers;
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    /**
     * Starts a text.
     *
     * @param stops not empty each; none watches for nothing
     * @throws IllegalArgumentException if one is empty
     */
    public StopStrings(List<String> stops) {
        if (stops.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("a stop string must not be empty");
        }
        matchers = stops.stream().map(Matcher::new).toList();
    }

    /**
     * Adds to the text.
     *
     * @return what may be shown now; nothing once a stop string is complete
     */
    public String append(String text) {
        if (stopped) {
            return "";
        }
        for (int i = 0; i < text.length(); i++) {
            held.append(text.charAt(i));
            int length = longestMatch(text.charAt(i));
            if (length > 0) {
                stopped = true;
                return release(held.length() - length);
            }
        }
        int safe = held.length() - matchers.stream().mapToInt(Matcher::matched).max().orElse(0);
        boolean splitsPair = safe > 0 && safe < held.length() && Character.isHighSurrogate(held.charAt(safe - 1));
        return release(splitsPair ? safe - 1 : safe);
    }

    /** The length of the stop string that ends here, the longest if there are several; or 0. */
    private int longestMatch(char next) {
        int longest = 0;
        for (Matcher matcher : matchers) {
            if (matcher.advance(next)) {
                longest = Math.max(longest, matcher.matched());
            }
        }
        return longest;
    }

    private String release(int length) {
        String shown = held.substring(0, length);
        held.delete(0, length);
        return shown;
    }

    /** Whether a stop string was complete: the text ends before it. */
    public boolean stopped() {
        return stopped;
    }

    /** What was held back, when the text ends by itself; nothing if it was stopped. */
    public String finish() {
        return stopped ? "" : release(held.length());
    }

    /** How much of one stop string the text's end matches. */
    private static final class Matcher {
        private final String stop;
        /** For each length of a match, how long the next shorter one is. */
        private final int[] shorter;
        private int matched;

        Matcher(String stop) {
            this.stop = stop;
            shorter = new int[stop.length() + 1];
            for (int i = 1; i < stop.length(); i++) {
                int length = shorter[i];
                while (length > 0 && stop.charAt(i) != stop.charAt(length)) {
                    length = shorter[length];
                }
                shorter[i + 1] = stop.charAt(i) == stop.charAt(length) ? length + 1 : 0;
            }
        }

        boolean advance(char next) {
            while (matched > 0 && (matched == stop.length() || stop.charAt(matched) != next)) {
                matched = shorter[matched];
            }
            if (stop.charAt(matched) == next) {
                matched++;
            }
            return matched == stop.length();
        }

        int matched() {
            return matched;
        }
    }
}
