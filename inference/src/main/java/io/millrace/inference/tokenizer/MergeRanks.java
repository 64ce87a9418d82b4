package io.millrace.inference.tokenizer;

import io.millrace.inference.gguf.GgufException;
import io.millrace.inference.gguf.Metadata;
import java.util.Arrays;

/**
 * The merges of a byte-pair vocabulary: which two tokens become which one, and in what order. An open-addressing table of
 * primitives, since there are hundreds of thousands.
 */
final class MergeRanks {
    static final String KEY = "tokenizer.ggml.merges";

    static final long NONE = -1;

    private static final long EMPTY = -1;

    private final long[] pairs;
    private final long[] merges;

    MergeRanks(TokenTable table, Metadata metadata) {
        String[] lines = metadata.strings(KEY);
        int capacity = Integer.highestOneBit(Math.max(8, Math.min(lines.length, 1 << 28))) * 4;
        pairs = new long[capacity];
        merges = new long[capacity];
        Arrays.fill(pairs, EMPTY);
        for (int rank = 0; rank < lines.length; rank++) {
            // the left part is not empty, so that a merge of a space would parse
            int space = lines[rank].indexOf(' ', 1);
            if (space < 0 || space == lines[rank].length() - 1) {
                throw new GgufException(metadata.source() + ": " + KEY + "[" + rank + "] is \"" + lines[rank]
                        + "\", which is not two tokens with a space between them");
            }
            add(table, lines[rank].substring(0, space), lines[rank].substring(space + 1), rank);
        }
    }

    private void add(TokenTable table, String left, String right, int rank) {
        Integer leftToken = table.ordinary(left);
        Integer rightToken = table.ordinary(right);
        Integer merged = table.ordinary(left + right);
        // a merge of, or to, something that is not in the vocabulary can never make a token
        if (leftToken != null && rightToken != null && merged != null) {
            int slot = slot(leftToken, rightToken);
            if (pairs[slot] == EMPTY) {
                pairs[slot] = pair(leftToken, rightToken);
                merges[slot] = (long) rank << Integer.SIZE | merged;
            }
        }
    }

    /** The merge's rank in the upper half and the merged token in the lower, or {@link #NONE}. */
    long find(int left, int right) {
        int slot = slot(left, right);
        return pairs[slot] == EMPTY ? NONE : merges[slot];
    }

    private int slot(int left, int right) {
        long pair = pair(left, right);
        long hash = pair * 0x9E3779B97F4A7C15L;
        int mask = pairs.length - 1;
        int slot = (int) (hash >>> 32) & mask;
        while (pairs[slot] != EMPTY && pairs[slot] != pair) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static long pair(int left, int right) {
        return (long) left << Integer.SIZE | right;
    }
}
