package io.millrace.inference.tokenizer;

import io.millrace.inference.gguf.GgufException;
import io.millrace.inference.gguf.Metadata;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Byte-level byte-pair encoding with Llama 3's words: a word that is a token is taken whole, any other is merged from its
 * bytes, the merge of the lowest rank first.
 */
final class BytePairTokenizer implements Tokenizer {
    private static final byte[] NO_BYTES = {};

    private final TokenTable table;
    private final SpecialTokens specialTokens;
    private final MergeRanks ranks;
    private final int longestToken;
    private final int[] byteTokens = new int[256];
    private final byte[][] bytes;

    BytePairTokenizer(TokenTable table, Metadata metadata) {
        this.table = table;
        specialTokens = new SpecialTokens(table);
        ranks = new MergeRanks(table, metadata);
        longestToken = table.longestOrdinary();
        for (int value = 0; value < byteTokens.length; value++) {
            Integer token = table.ordinary(String.valueOf(ByteAlphabet.character(value)));
            if (token == null && occursInUtf8(value)) {
                throw new GgufException("%s: tokenizer.ggml.tokens has no token for the byte 0x%02X"
                        .formatted(metadata.source(), value));
            }
            byteTokens[value] = token == null ? -1 : token;
        }
        bytes = new byte[table.size()][];
        for (int token = 0; token < bytes.length; token++) {
            bytes[token] = bytesOf(token);
        }
    }

    private static boolean occursInUtf8(int value) {
        return value != 0xC0 && value != 0xC1 && value < 0xF5;
    }

    private byte[] bytesOf(int token) {
        TokenType type = table.type(token);
        if (type.isControl()) {
            return NO_BYTES;
        }
        String piece = table.piece(token);
        return type == TokenType.USER_DEFINED ? piece.getBytes(StandardCharsets.UTF_8) : ByteAlphabet.read(piece);
    }

    @Override
    public Vocabulary vocabulary() {
        return table;
    }

    @Override
    public byte[] bytes(int token) {
        return bytes[token];
    }

    @Override
    public int[] encode(List<Segment> text) {
        IntStream.Builder tokens = IntStream.builder();
        for (SpecialTokens.Fragment fragment : specialTokens.split(text)) {
            switch (fragment) {
                case SpecialTokens.Special special -> tokens.add(special.token());
                case SpecialTokens.Text ordinary -> encode(ordinary.text(), tokens);
            }
        }
        return tokens.build().toArray();
    }

    private void encode(String text, IntStream.Builder tokens) {
        for (int start = 0; start < text.length();) {
            int end = Llama3Words.end(text, start);
            encodeWord(text.substring(start, end), tokens);
            start = end;
        }
    }

    private void encodeWord(String word, IntStream.Builder tokens) {
        if (word.length() <= longestToken) {
            Integer whole = table.ordinary(ByteAlphabet.write(word));
            if (whole != null) {
                tokens.add(whole);
                return;
            }
        }
        new Word(word.getBytes(StandardCharsets.UTF_8)).merge(tokens);
    }

    /** One word on its way from bytes to tokens. */
    private final class Word extends PairMerger {
        private final int[] symbols;

        Word(byte[] utf8) {
            super(utf8.length);
            symbols = new int[utf8.length];
            for (int i = 0; i < symbols.length; i++) {
                symbols[i] = byteTokens[Byte.toUnsignedInt(utf8[i])];
            }
        }

        void merge(IntStream.Builder tokens) {
            run();
            for (int i = 0; i >= 0; i = next(i)) {
                tokens.add(symbols[i]);
            }
        }

        @Override
        long priority(int left, int right) {
            long found = ranks.find(symbols[left], symbols[right]);
            return found == MergeRanks.NONE ? NO_MERGE : found >> Integer.SIZE;
        }

        @Override
        void merge(int left, int right) {
            symbols[left] = (int) ranks.find(symbols[left], symbols[right]);
        }
    }
}
