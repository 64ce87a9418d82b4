package io.millrace.inference.sample;

import io.millrace.inference.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts that end a sequence, as tokens: by the token in which such a text begins, the tokens that may follow to complete it. Immutable.
 *
 * @param followers by first token; none where that token holds the whole text
 */
public record SequenceBreakers(Map<Integer, List<List<Integer>>> followers) {
    /** Nothing ends a sequence. */
    public static final SequenceBreakers NONE = new SequenceBreakers(Map.of());

    /** Finds all tokens in which one of the texts begins: a pass over the vocabulary. */
    public static SequenceBreakers of(List<String> texts, Tokenizer tokenizer) {
        Map<Integer, List<List<Integer>>> followers = new HashMap<>();
        for (String text : texts) {
            for (int token = 0; token < tokenizer.vocabulary().size(); token++) {
                String piece = new String(tokenizer.bytes(token), StandardCharsets.UTF_8);
                if (piece.contains(text)) {
                    add(followers, token, List.of());
                } else {
                    addOverlaps(followers, token, piece, text, tokenizer);
                }
            }
        }
        return new SequenceBreakers(Map.copyOf(followers));
    }

    private static void addOverlaps(Map<Integer, List<List<Integer>>> followers, int token, String piece, String text,
            Tokenizer tokenizer) {
        for (int length = Math.min(piece.length(), text.length() - 1); length > 0; length--) {
            if (piece.regionMatches(piece.length() - length, text, 0, length)) {
                int[] rest = tokenizer.encode(text.substring(length), false);
                var tokens = new ArrayList<Integer>();
                for (int next : rest) {
                    tokens.add(next);
                }
                add(followers, token, List.copyOf(tokens));
            }
        }
    }

    private static void add(Map<Integer, List<List<Integer>>> followers, int token, List<Integer> rest) {
        followers.computeIfAbsent(token, _ -> new ArrayList<>()).add(rest);
    }
}
