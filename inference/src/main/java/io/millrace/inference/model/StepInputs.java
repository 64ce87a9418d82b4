package io.millrace.inference.model;

import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.cache.SequenceCache;
import io.millrace.inference.gpu.DeviceMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * All that a device must know of a step but the numbers it computes with, in one array of 32-bit words that is copied at once: tokens, positions, block tables, angles, and
 * what is wanted, and attention's tiles. Grows when block tables do, to twice of what they need: what was there before is little.
 */
final class StepInputs {
    private static final int WORD = Integer.BYTES;
    /** Token, position, start, row, output, greedy, two of candidates, and a tile. */
    private static final int WORDS_OF_TOKEN = 8 + AttentionTiles.WORDS;

    private final DeviceScope scope;
    private final AttentionTiles tiles;
    private MemorySegment words = MemorySegment.NULL;
    private DeviceMemory memory;
    private int size;
    private int tokenCount;
    private int outputCount;
    private int tokensAt;
    private int positionsAt;
    private int startsAt;
    private int rowsAt;
    private int outputsAt;
    private int greedyAt;
    private int greedyCount;
    private int rankedAt;
    private int rankedCount;
    private int anglesAt;
    private int tilesAt;
    private int tablesAt;

    StepInputs(DeviceScope scope, LlamaConfig config) {
        this.scope = scope;
        tiles = new AttentionTiles(config);
    }

    /** About how many words each token takes, room to grow included, beside its block table. */
    static int wordsOfToken(LlamaConfig config) {
        return 2 * (WORDS_OF_TOKEN + config.rotaryWidth());
    }

    /** Takes a batch in, and queues its copy. */
    void fill(Batch batch, RotaryPositions rotary) {
        int n = batch.size();
        int pairs = rotary.pairs();
        tokenCount = n;
        outputCount = batch.outputCount();
        tokensAt = 0;
        positionsAt = tokensAt + n;
        startsAt = positionsAt + n;
        rowsAt = startsAt + n;
        outputsAt = rowsAt + n;
        greedyAt = outputsAt + batch.outputCount();
        rankedAt = greedyAt + batch.outputCount();
        anglesAt = rankedAt + 2 * batch.outputCount();
        tilesAt = anglesAt + 2 * n * pairs;
        int tableWords = fillTiles(batch);
        int[] tileWords = tiles.words();
        tablesAt = tilesAt + tileWords.length;
        size = tablesAt + tableWords;
        grow();
        for (int i = 0; i < tileWords.length; i++) {
            set(tilesAt + i, tileWords[i]);
        }
        for (int t = 0; t < n; t++) {
            set(tokensAt + t, batch.tokens[t]);
            set(positionsAt + t, batch.positions[t]);
            set(rowsAt + t, t);
            for (int i = 0; i < pairs; i++) {
                words.setAtIndex(ValueLayout.JAVA_FLOAT, anglesAt + 2L * (t * pairs + i), rotary.cosine(t, i));
                words.setAtIndex(ValueLayout.JAVA_FLOAT, anglesAt + 2L * (t * pairs + i) + 1, rotary.sine(t, i));
            }
        }
        fillTables(batch);
        fillWanted(batch);
        scope.context().upload(words.asSlice(0, (long) size * WORD), memory, 0);
    }

    /** Tokens of a sequence stand in a row, the last one furthest on: one table serves them all. */
    private static boolean endsRun(Batch batch, int t) {
        return t + 1 == batch.size() || batch.caches[t + 1] != batch.caches[t];
    }

    /** Returns how many words the block tables of all sequences take. */
    private int fillTiles(Batch batch) {
        tiles.clear();
        int all = 0;
        int first = 0;
        for (int t = 0; t < batch.size(); t++) {
            if (endsRun(batch, t)) {
                tiles.add(first, t + 1 - first, all, batch.positions[t]);
                all += BlockPool.blocksFor(batch.positions[t] + 1);
                first = t + 1;
            }
        }
        return all;
    }

    private void fillTables(Batch batch) {
        int start = 0;
        for (int t = 0; t < batch.size(); t++) {
            set(startsAt + t, start);
            if (endsRun(batch, t)) {
                SequenceCache cache = batch.caches[t];
                int blocks = BlockPool.blocksFor(batch.positions[t] + 1);
                for (int block = 0; block < blocks; block++) {
                    set(tablesAt + start + block, cache.blockNumber(block * BlockPool.BLOCK_TOKENS));
                }
                start += blocks;
            }
        }
    }

    private void fillWanted(Batch batch) {
        greedyCount = 0;
        rankedCount = 0;
        for (int i = 0; i < batch.outputCount(); i++) {
            set(outputsAt + i, batch.outputs[i]);
            if (batch.candidates[i] == 1) {
                set(greedyAt + greedyCount++, i);
            } else if (batch.candidates[i] > 1) {
                set(rankedAt + 2 * rankedCount, i);
                set(rankedAt + 2 * rankedCount + 1, batch.candidates[i]);
                rankedCount++;
            }
        }
    }

    private void set(int at, int value) {
        words.setAtIndex(ValueLayout.JAVA_INT, at, value);
    }

    /** Nothing is queued between steps, so that what was there before may go. */
    private void grow() {
        if (words.byteSize() >= (long) size * WORD) {
            return;
        }
        if (memory != null) {
            scope.release(memory);
        }
        long bytes = 2L * size * WORD;
        memory = scope.allocate(bytes);
        words = scope.host().allocate(bytes, WORD);
    }

    DeviceMemory memory() {
        return memory;
    }

    int tokensAt() {
        return tokensAt;
    }

    int positionsAt() {
        return positionsAt;
    }

    /** Where, behind {@link #tablesAt}, each token's block table begins. */
    int startsAt() {
        return startsAt;
    }

    /** The numbers 0, 1, 2 and so on, one for each token. */
    int rowsAt() {
        return rowsAt;
    }

    /** The tokens whose logits are wanted. */
    int outputsAt() {
        return outputsAt;
    }

    /** The outputs of which only the most likely token is wanted. */
    int greedyAt() {
        return greedyAt;
    }

    int greedyCount() {
        return greedyCount;
    }

    /** The outputs of which only some of the most likely tokens are wanted, and how many, by turns. */
    int rankedAt() {
        return rankedAt;
    }

    int rankedCount() {
        return rankedCount;
    }

    /** Cosine and sine, by turns, of each rotary pair of each token. */
    int anglesAt() {
        return anglesAt;
    }

    AttentionTiles tiles() {
        return tiles;
    }

    int tilesAt() {
        return tilesAt;
    }

    int tablesAt() {
        return tablesAt;
    }

    /** What steps have in common whose launches are the same: all that arguments and grids come of. */
    Object shape() {
        return List.of(memory, tokenCount, outputCount, greedyCount, rankedCount, tiles.fewCount(), tiles.manyCount(),
                tiles.splits());
    }
}
