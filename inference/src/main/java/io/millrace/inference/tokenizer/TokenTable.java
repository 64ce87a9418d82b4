package io.millrace.inference.tokenizer;

import io.millrace.inference.gguf.GgufException;
import io.millrace.inference.gguf.Metadata;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** The vocabulary of a model file: the {@code tokenizer.ggml.*} arrays and ids, checked. */
final class TokenTable implements Vocabulary {
    private static final String TOKENS = "tokenizer.ggml.tokens";
    private static final String TYPES = "tokenizer.ggml.token_type";
    private static final String BOS = "tokenizer.ggml.bos_token_id";
    private static final String EOS = "tokenizer.ggml.eos_token_id";
    private static final String ADD_BOS = "tokenizer.ggml.add_bos_token";

    /** Files often name only one of their ends in the metadata; llama.cpp finds the others by these texts, too. */
    private static final Set<String> ENDS = Set.of("<|eot_id|>", "<|end_of_text|>", "<|eom_id|>", "<|im_end|>",
            "<|endoftext|>", "<|end|>", "<end_of_turn>", "< EOT >", "_<EOT>");

    private final String source;
    private final String[] pieces;
    private final TokenType[] types;
    private final BitSet ends = new BitSet();
    private final OptionalInt beginning;
    private final Map<String, Integer> ordinary;

    private TokenTable(Metadata metadata) {
        source = metadata.source();
        pieces = metadata.strings(TOKENS);
        if (pieces.length == 0) {
            throw new GgufException(source + ": " + TOKENS + " is empty");
        }
        types = types(metadata);
        boolean sentencePiece = "llama".equals(metadata.optionalString(Tokenizers.MODEL_KEY).orElse(""));
        OptionalInt bos = id(metadata, BOS, sentencePiece ? 1 : -1);
        beginning = metadata.flag(ADD_BOS, true) ? bos : OptionalInt.empty();
        if (metadata.has(ADD_BOS) && metadata.flag(ADD_BOS, true) && bos.isEmpty()) {
            throw new GgufException(source + ": " + ADD_BOS + " is true, but " + BOS + " is missing");
        }
        bos.ifPresent(this::makeControl);
        id(metadata, EOS, sentencePiece ? 2 : -1).ifPresent(this::makeEnd);
        id(metadata, "tokenizer.ggml.eot_token_id", -1).ifPresent(this::makeEnd);
        id(metadata, "tokenizer.ggml.eom_token_id", -1).ifPresent(this::makeEnd);
        for (int token = 0; token < pieces.length; token++) {
            if (ENDS.contains(pieces[token])) {
                makeEnd(token);
            }
        }
        ordinary = ordinaryTokens();
    }

    /** Reads and checks; throws GgufException if arrays are missing or of unequal length, or an id is out of range */
    static TokenTable of(Metadata metadata) {
        return new TokenTable(metadata);
    }

    @Override
    public int size() {
        return pieces.length;
    }

    @Override
    public OptionalInt beginningOfSequence() {
        return beginning;
    }

    @Override
    public boolean isEndOfGeneration(int token) {
        return ends.get(token);
    }

    @Override
    public boolean isControl(int token) {
        return types[token].isControl();
    }

    @Override
    public String piece(int token) {
        return pieces[token];
    }

    TokenType type(int token) {
        return types[token];
    }

    /** The token that a text may become by merging; null if there is none. */
    Integer ordinary(String text) {
        return ordinary.get(text);
    }

    /** The longest ordinary token, in UTF-16 units. */
    int longestOrdinary() {
        return ordinary.keySet().stream().mapToInt(String::length).max().orElse(0);
    }

    /**
     * A token id from the metadata.
     *
     * @param otherwise the id if the key is absent; if the vocabulary has no such token, there is none
     */
    OptionalInt id(Metadata metadata, String key, int otherwise) {
        if (!metadata.has(key)) {
            return otherwise >= 0 && otherwise < pieces.length ? OptionalInt.of(otherwise) : OptionalInt.empty();
        }
        int id = metadata.count(key);
        if (id >= pieces.length) {
            throw new GgufException(source + ": " + key + " is " + id + ", but the vocabulary has " + pieces.length
                    + " tokens");
        }
        return OptionalInt.of(id);
    }

    /** Checks an array that must have one element a token. */
    void requireOneForEachToken(String key, int length) {
        if (length != pieces.length) {
            throw new GgufException(source + ": " + key + " has " + length + " elements, but " + TOKENS + " has "
                    + pieces.length);
        }
    }

    private TokenType[] types(Metadata metadata) {
        TokenType[] result = new TokenType[pieces.length];
        long[] numbers = metadata.optionalIntegers(TYPES).orElse(null);
        if (numbers != null) {
            requireOneForEachToken(TYPES, numbers.length);
        }
        for (int token = 0; token < result.length; token++) {
            result[token] = numbers == null ? TokenType.NORMAL : TokenType.of(numbers[token]);
            if (result[token] == null) {
                throw new GgufException(source + ": " + TYPES + "[" + token + "] is " + numbers[token]
                        + ", which is no token type");
            }
        }
        return result;
    }

    private void makeEnd(int token) {
        ends.set(token);
        makeControl(token);
    }

    /** A token with a role is a control token, whatever its type in the file: many files have it wrong. */
    private void makeControl(int token) {
        types[token] = TokenType.CONTROL;
    }

    private Map<String, Integer> ordinaryTokens() {
        Map<String, Integer> result = HashMap.newHashMap(pieces.length);
        for (int token = 0; token < pieces.length; token++) {
            if (types[token].isOrdinary() && !pieces[token].isEmpty()) {
                result.putIfAbsent(pieces[token], token);
            }
        }
        return result;
    }
}
