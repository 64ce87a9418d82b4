package io.millrace.inference.draft;

import io.millrace.inference.cache.TokenSequence;

/**
 * Guesses that what followed the last tokens before will follow them again (Saxena 2023, "prompt lookup decoding"): right where an answer
 * quotes its prompt or repeats itself. Holds nothing, and is safe for any number of generations.
 */
public final class PromptLookup implements Drafter {
    /** One token alone is followed by too many others. */
    private static final int LEAST_MATCH = 2;
    /** Longer matches are not better than later ones. */
    private static final int MOST_MATCH = 4;

    @Override
    public int draft(TokenSequence tokens, int[] draft, int most) {
        int follower = follower(tokens);
        int count = Math.min(most, tokens.size() - follower);
        for (int i = 0; i < count; i++) {
            draft[i] = tokens.get(follower + i);
        }
        return count;
    }

    /** The place behind the longest match of the end, the last among equals; the end itself if there is none. */
    private static int follower(TokenSequence tokens) {
        int best = tokens.size();
        int bestMatch = LEAST_MATCH - 1;
        for (int place = tokens.size() - 1; place > bestMatch && bestMatch < MOST_MATCH; place--) {
            int match = match(tokens, place);
            if (match > bestMatch) {
                best = place;
                bestMatch = match;
            }
        }
        return best;
    }

    /** How many tokens before a place equal those before the end. */
    private static int match(TokenSequence tokens, int place) {
        int match = 0;
        while (match < MOST_MATCH && match < place
                && tokens.get(place - 1 - match) == tokens.get(tokens.size() - 1 - match)) {
            match++;
        }
        return match;
    }
}
