package io.millrace.inference.tokenizer;

import io.millrace.inference.gguf.GgufException;
import io.millrace.inference.gguf.Metadata;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * SentencePiece's merging by score, as in llama.cpp: characters are joined to the token of the highest score first; a
 * character that no token has is spelled in its bytes.
 */
final class SentencePieceTokenizer implements Tokenizer {
    private static final String SCORES = "tokenizer.ggml.scores";
    private static final String TOKENS = "tokenizer.ggml.tokens";
    private static final char SPACE_MARK = '\u2581';
    private static final byte[] NO_BYTES = {};

    private final TokenTable table;
    private final SpecialTokens specialTokens;
    private final boolean addsSpacePrefix;
    private final int longestToken;
    private final int[] byteTokens = new int[256];
    private final byte[][] bytes;
    /** For each token its place in the order of merging: lower goes first. */
    private final int[] priorities;

    SentencePieceTokenizer(TokenTable table, Metadata metadata) {
        this.table = table;
        specialTokens = new SpecialTokens(table);
        addsSpacePrefix = metadata.flag("tokenizer.ggml.add_space_prefix", true);
        longestToken = table.longestOrdinary();
        priorities = priorities(metadata);
        bytes = new byte[table.size()][];
        Arrays.fill(byteTokens, -1);
        for (int token = 0; token < bytes.length; token++) {
            bytes[token] = bytesOf(token, metadata);
            if (table.type(token) == TokenType.BYTE) {
                byteTokens[Byte.toUnsignedInt(bytes[token][0])] = token;
            }
        }
        OptionalInt unknown = table.id(metadata, "tokenizer.ggml.unknown_token_id", 0);
        for (int value = 0; value < byteTokens.length; value++) {
            if (byteTokens[value] < 0) {
                byteTokens[value] = unknown.getAsInt();
            }
        }
    }

    private int[] priorities(Metadata metadata) {
        float[] scores = metadata.optionalNumbers(SCORES)
                .orElseThrow(() -> new GgufException(metadata.source() + ": " + SCORES + " is missing"));
        table.requireOneForEachToken(SCORES, scores.length);
        int[] result = new int[scores.length];
        for (int token = 0; token < scores.length; token++) {
            if (Float.isNaN(scores[token])) {
                throw new GgufException(metadata.source() + ": " + SCORES + "[" + token + "] is not a number");
            }
            // adding zero turns -0 into 0; the exclusive or makes the bits of negative floats sort as ints; ~ reverses
            int bits = Float.floatToIntBits(scores[token] + 0f);
            result[token] = ~(bits ^ (bits >> 31 & Integer.MAX_VALUE));
        }
        return result;
    }

    private byte[] bytesOf(int token, Metadata metadata) {
        String piece = table.piece(token);
        return switch (table.type(token)) {
            case CONTROL, UNKNOWN -> NO_BYTES;
            case USER_DEFINED -> piece.getBytes(StandardCharsets.UTF_8);
            case BYTE -> new byte[]{byteOf(piece, token, metadata)};
            case UNDEFINED, NORMAL, UNUSED -> piece.replace(SPACE_MARK, ' ').getBytes(StandardCharsets.UTF_8);
        };
    }

    private static byte byteOf(String piece, int token, Metadata metadata) {
        if (piece.length() == 6 && piece.startsWith("<0x") && piece.endsWith(">")
                && HexFormat.isHexDigit(piece.charAt(3)) && HexFormat.isHexDigit(piece.charAt(4))) {
            return (byte) HexFormat.fromHexDigits(piece, 3, 5);
        }
        throw new GgufException(
                metadata.source() + ": " + TOKENS + "[" + token + "] is a byte token, but its text is \""
                        + piece + "\" and not of the form <0x1F>");
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
    public String decode(int... tokens) {
        String text = Tokenizer.super.decode(tokens);
        return addsSpacePrefix && text.startsWith(" ") ? text.substring(1) : text;
    }

    @Override
    public int[] encode(List<Segment> text) {
        IntStream.Builder tokens = IntStream.builder();
        boolean afterSpecial = true;
        for (SpecialTokens.Fragment fragment : specialTokens.split(text)) {
            switch (fragment) {
                case SpecialTokens.Special special -> tokens.add(special.token());
                case SpecialTokens.Text ordinary -> {
                    String prefix = addsSpacePrefix && afterSpecial ? " " : "";
                    new Symbols((prefix + ordinary.text()).replace(' ', SPACE_MARK)).merge(tokens);
                }
            }
            afterSpecial = fragment instanceof SpecialTokens.Special;
        }
        return tokens.build().toArray();
    }

    /** A text on its way from characters to tokens. */
    private final class Symbols extends PairMerger {
        private final String text;
        private final int[] starts;
        private final int[] ends;

        Symbols(String text) {
            super(text.codePointCount(0, text.length()));
            this.text = text;
            starts = new int[text.codePointCount(0, text.length())];
            ends = new int[starts.length];
            int position = 0;
            for (int i = 0; i < starts.length; i++) {
                starts[i] = position;
                position += Character.charCount(text.codePointAt(position));
                ends[i] = position;
            }
        }

        void merge(IntStream.Builder tokens) {
            run();
            for (int i = 0; i >= 0; i = next(i)) {
                String symbol = text.substring(starts[i], ends[i]);
                Integer token = table.ordinary(symbol);
                if (token != null) {
                    tokens.add(token);
                } else {
                    for (byte value : symbol.getBytes(StandardCharsets.UTF_8)) {
                        tokens.add(byteTokens[Byte.toUnsignedInt(value)]);
                    }
                }
            }
        }

        @Override
        long priority(int left, int right) {
            if (ends[right] - starts[left] > longestToken) {
                return NO_MERGE;
            }
            Integer token = table.ordinary(text.substring(starts[left], ends[right]));
            return token == null ? NO_MERGE : priorities[token];
        }

        @Override
        void merge(int left, int right) {
            ends[left] = ends[right];
        }
    }
}
