package io.millrace.sink;

import io.millrace.schemas.AnswerDelta;
import io.millrace.schemas.Result;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TokenLogprobs;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The tokens of one stream without an object for each: a gateway keeps many more tokens than it shows, and as records they take
 * eight times the memory. Belongs to one thread, or to a lock.
 */
final class PackedTokens {
    /** For each token: attempt, seq, id in the vocabulary, and where its text ends. */
    private static final int COLUMNS = 4;
    private static final int FIRST_CAPACITY = 16;

    private int[] numbers = {};
    /** What a scored token takes of the heap besides its bytes, which are objects that all of them share. */
    private static final int SCORED_TOKEN_BYTES = 64;
    private static final int SCORED_BYTE_BYTES = 4;

    /** What a number in a list takes. */
    private static final int NUMBER_BYTES = 20;
    /** What a piece of a tool call takes of the heap besides its texts. */
    private static final int CALL_BYTES = 64;

    /** By place; few prompts ask for them. */
    private final Map<Integer, TokenLogprobs> logprobs = new HashMap<>(0);
    /** By place; few prompts offer tools. */
    private final Map<Integer, AnswerDelta> deltas = new HashMap<>(0);
    private long extraBytes;
    private final StringBuilder texts = new StringBuilder(0);
    private int size;

    void add(TokenEvent.Token token) {
        int row = size * COLUMNS;
        if (row == numbers.length) {
            numbers = Arrays.copyOf(numbers, COLUMNS * Math.max(FIRST_CAPACITY, size + (size >> 1)));
        }
        texts.append(token.text());
        if (token.logprobs() != null) {
            logprobs.put(size, token.logprobs());
            extraBytes += bytes(token.logprobs());
        }
        if (token.delta() != null) {
            deltas.put(size, token.delta());
            extraBytes += bytes(token.delta());
        }
        numbers[row] = token.attempt();
        numbers[row + 1] = token.seq();
        numbers[row + 2] = token.token();
        numbers[row + 3] = texts.length();
        size++;
    }

    /** The token at a place, of the stream of this id. */
    TokenEvent.Token get(String id, int index) {
        int row = index * COLUMNS;
        int textStart = index == 0 ? 0 : numbers[row - 1];
        return new TokenEvent.Token(id, numbers[row], numbers[row + 1], texts.substring(textStart, numbers[row + 3]),
                numbers[row + 2], logprobs.get(index), deltas.get(index));
    }

    private static long bytes(TokenLogprobs logprobs) {
        return Stream.concat(Stream.of(logprobs.chosen()), logprobs.top().stream())
                .mapToLong(token -> SCORED_TOKEN_BYTES + (long) SCORED_BYTE_BYTES * token.bytes().size()).sum();
    }

    /** What a reading of an answer's piece takes of the heap. */
    static long bytes(AnswerDelta delta) {
        long bytes = CALL_BYTES + TextBytes.of(delta.content());
        for (AnswerDelta.Call call : delta.toolCalls()) {
            bytes += CALL_BYTES + TextBytes.of(call.arguments());
            if (call.isFirst()) {
                bytes += TextBytes.of(call.id()) + TextBytes.of(call.name());
            }
        }
        return bytes;
    }

    /** What a task came to takes of the heap. */
    static long bytes(Result result) {
        return switch (result) {
            case null -> 0;
            case Result.Embedding embedding -> (long) NUMBER_BYTES * embedding.values().size();
            case Result.Tokens tokens -> (long) NUMBER_BYTES * tokens.tokens().size() + tokens.pieces().stream()
                    .mapToLong(piece -> SCORED_TOKEN_BYTES + (long) SCORED_BYTE_BYTES * piece.size()).sum();
            case Result.Text text -> TextBytes.of(text.text());
        };
    }

    int size() {
        return size;
    }

    /** Gives back what was reserved for more tokens. */
    void trim() {
        numbers = Arrays.copyOf(numbers, size * COLUMNS);
        texts.trimToSize();
    }

    /** What it takes of the heap, at most: a character may take one byte or two. */
    long bytes() {
        return (long) Integer.BYTES * numbers.length + (long) Character.BYTES * texts.capacity() + extraBytes;
    }
}
