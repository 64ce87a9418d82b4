package io.millrace.inference.grammar;

import io.millrace.inference.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A vocabulary's tokens in the order of their bytes, so that what neighbours have in common is looked at once. Control tokens are not
 * in it: they have no text. Immutable; safe for any thread.
 */
public final class VocabularyBytes {
    private final int size;
    private final int[] tokens;
    private final byte[][] bytes;
    /** How many bytes a token begins with that the one before it begins with too. */
    private final int[] shared;
    private final int[] endsOfGeneration;
    private final int longest;

    private VocabularyBytes(Tokenizer tokenizer) {
        size = tokenizer.vocabulary().size();
        tokens = IntStream.range(0, size).filter(token -> tokenizer.bytes(token).length > 0).boxed()
                .sorted((a, b) -> Arrays.compareUnsigned(tokenizer.bytes(a), tokenizer.bytes(b)))
                .mapToInt(Integer::intValue).toArray();
        bytes = Arrays.stream(tokens).mapToObj(tokenizer::bytes).toArray(byte[][]::new);
        shared = new int[tokens.length];
        for (int i = 1; i < tokens.length; i++) {
            int mismatch = Arrays.mismatch(bytes[i - 1], bytes[i]);
            shared[i] = mismatch < 0 ? bytes[i].length : mismatch;
        }
        endsOfGeneration = IntStream.range(0, size).filter(tokenizer.vocabulary()::isEndOfGeneration).toArray();
        longest = Arrays.stream(bytes).mapToInt(token -> token.length).max().orElse(0);
    }

    /** Sorts a vocabulary: a tenth of a second for 128,000 tokens. */
    public static VocabularyBytes of(Tokenizer tokenizer) {
        return new VocabularyBytes(tokenizer);
    }

    int size() {
        return size;
    }

    /** How many tokens have bytes. */
    int count() {
        return tokens.length;
    }

    int token(int index) {
        return tokens[index];
    }

    byte[] bytes(int index) {
        return bytes[index];
    }

    int shared(int index) {
        return shared[index];
    }

    int[] endsOfGeneration() {
        return endsOfGeneration;
    }

    /** Bytes of the longest token. */
    int longest() {
        return longest;
    }
}
