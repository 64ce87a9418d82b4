package io.millrace.inference.model;

import io.millrace.inference.cache.SequenceCache;
import io.millrace.inference.kernel.HeadBlocks;
import io.millrace.inference.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Attention over cached keys and values: {@code attended = softmax(query times keys / sqrt(headWidth)) times values}, a block of positions at a time (Dao et al.
 * 2022, "FlashAttention"), so that scores never leave the first cache. All queries that share keys and values, those of a group of heads and of some
 * tokens in a row, go through a block together: it is read once for them. A member takes its heads through a block before the next, as they lie there side by side.
 *
 * <p>A query's numbers depend on its own position and the cache alone. {@link #prepare} is for one thread, then {@link #attend} for all members of a team.
 */
final class Attention {
    private static final int POSITIONS = HeadBlocks.POSITIONS;
    /** Queries that go through a block together, if a group of heads is not more. */
    private static final int QUERIES = 32;

    private final LlamaConfig config;
    private final Kernels kernels;
    private final HeadBlocks keys;
    private final HeadBlocks values;
    private final int group;
    private final int tileTokens;
    private final int stride; // floats between rows of a head's values: whole panels
    private final float scale;
    private final Scratch[] scratch; // a member
    private final int[] tileEnds; // batch index behind a tile's last token
    private int tiles;
    private long cost;

    /** What a member needs; rows are queries, those of a tile's first head, then of the next. */
    private static final class Scratch {
        final float[] queries; // rows x headWidth
        final float[] panel; // a block's keys or values
        final float[] scores; // one head's rows x POSITIONS
        final float[] largest; // rows
        final float[] sums; // rows x PARTIAL_SUMS
        final float[] attended; // rows x stride

        Scratch(int rows, int headWidth, int stride) {
            queries = new float[rows * headWidth];
            panel = new float[stride * POSITIONS];
            scores = new float[rows * POSITIONS];
            largest = new float[rows];
            sums = new float[rows * Kernels.PARTIAL_SUMS];
            attended = new float[rows * stride];
        }
    }

    Attention(LlamaConfig config, Kernels kernels, HeadBlocks keys, HeadBlocks values, int members, int maxTokens) {
        this.config = config;
        this.kernels = kernels;
        this.keys = keys;
        this.values = values;
        group = config.heads() / config.keyValueHeads();
        tileTokens = Math.max(1, QUERIES / group);
        stride = Math.ceilDiv(config.headWidth(), Kernels.PANEL_ROWS) * Kernels.PANEL_ROWS;
        scale = (float) (1 / Math.sqrt(config.headWidth()));
        tileEnds = new int[maxTokens];
        scratch = new Scratch[members];
        Arrays.setAll(scratch, _ -> new Scratch(tileTokens * config.heads(), config.headWidth(), stride));
    }

    /** Keeps a token's keys and values of a layer. */
    void remember(Batch batch, int t, int layer, float[] key, float[] value) {
        SequenceCache cache = batch.caches[t];
        MemorySegment block = cache.block(batch.positions[t]);
        int position = batch.positions[t] % POSITIONS;
        int width = config.headWidth();
        for (int head = 0; head < config.keyValueHeads(); head++) {
            int at = t * config.keyValueWidth() + head * width;
            keys.writeKeys(key, at, width, block, cache.keyOffset(layer) + head * keys.bytes(width), position);
            values.writeValues(value, at, width, block, cache.valueOffset(layer) + head * values.bytes(width),
                    position);
        }
    }

    /** Cuts a batch into tiles: some tokens in a row of one sequence. */
    void prepare(Batch batch) {
        tiles = 0;
        cost = 0;
        int from = 0;
        for (int t = 1; t <= batch.size(); t++) {
            if (t == batch.size() || t - from == tileTokens || batch.caches[t] != batch.caches[t - 1]
                    || batch.positions[t] != batch.positions[t - 1] + 1) {
                tileEnds[tiles++] = t;
                cost += cost(batch, from, t) * config.keyValueHeads();
                from = t;
            }
        }
    }

    private static long cost(Batch batch, int from, int to) {
        return (long) (to - from) * (batch.positions[to - 1] + 1);
    }

    /** One member's share of a layer's attention: as many tiles, each of one key-value head, as make up an equal part of the work. */
    void attend(Batch batch, int layer, float[] query, float[] attended, int member, int members) {
        long before = 0;
        int from = 0;
        for (int tile = 0; tile < tiles; tile++) {
            int to = tileEnds[tile];
            long own = cost(batch, from, to);
            int heads = config.keyValueHeads();
            int firstHead = firstHead(before, own, member, members);
            int lastHead = firstHead(before, own, member + 1, members);
            if (firstHead < lastHead) {
                attend(batch, from, to, layer, firstHead, lastHead, query, attended, scratch[member]);
            }
            before += own * heads;
            from = to;
        }
    }

    /** The first of a tile's heads that is not for the members before; {@code before} is the cost of the tiles before, {@code own} of each head. */
    private int firstHead(long before, long own, int member, int members) {
        long share = Math.ceilDiv(cost * member, members) - before;
        return Math.clamp((share + own / 2) / own, 0, config.keyValueHeads());
    }

    private void attend(Batch batch, int from, int to, int layer, int firstHead, int lastHead, float[] query,
            float[] attended, Scratch own) {
        int rows = (to - from) * group;
        begin(from, rows, firstHead, lastHead, query, own);
        SequenceCache cache = batch.caches[from];
        int positions = batch.positions[to - 1] + 1;
        for (int p = 0; p < positions; p += POSITIONS) {
            MemorySegment block = cache.block(p);
            for (int head = firstHead; head < lastHead; head++) {
                attend(batch, from, p, Math.min(POSITIONS, positions - p), block, cache, layer, head, rows,
                        (head - firstHead) * rows, own);
            }
        }
        finish(from, rows, firstHead, lastHead, attended, own);
    }

    /** One head's queries, the rows from {@code firstRow} on, go through a block, which holds the position {@code p} and those after it. */
    private void attend(Batch batch, int from, int p, int positions, MemorySegment block, SequenceCache cache,
            int layer, int head, int rows, int firstRow, Scratch own) {
        int width = config.headWidth();
        keys.readKeys(block, cache.keyOffset(layer) + head * keys.bytes(width), width, own.panel);
        Arrays.fill(own.scores, 0, rows * POSITIONS, 0);
        kernels.multiplyPanel(own.panel, 0, POSITIONS, width, rows, own.queries, firstRow * width, width, own.scores,
                0, POSITIONS);
        for (int row = 0; row < rows; row++) {
            int visible = Math.clamp(batch.positions[from + row / group] + 1L - p, 0, POSITIONS);
            kernels.foldScores(own.scores, row * POSITIONS, visible, firstRow + row, own.largest, own.sums,
                    own.attended, stride);
        }
        values.readValues(block, cache.valueOffset(layer) + head * values.bytes(width), width, own.panel, stride);
        for (int i = 0; i < stride; i += Kernels.PANEL_ROWS) {
            kernels.multiplyPanel(own.panel, i, stride, positions, rows, own.scores, 0, POSITIONS, own.attended,
                    firstRow * stride + i, stride);
        }
    }

    /** The queries, scaled, a row each, and nothing attended to yet. */
    private void begin(int from, int rows, int firstHead, int lastHead, float[] query, Scratch own) {
        int width = config.headWidth();
        int all = (lastHead - firstHead) * rows;
        for (int row = 0; row < all; row++) {
            int at = place(from, row % rows, firstHead + row / rows);
            for (int i = 0; i < width; i++) {
                own.queries[row * width + i] = scale * query[at + i];
            }
        }
        Arrays.fill(own.largest, 0, all, Float.NEGATIVE_INFINITY);
        Arrays.fill(own.sums, 0, all * Kernels.PARTIAL_SUMS, 0);
        Arrays.fill(own.attended, 0, all * stride, 0);
    }

    private void finish(int from, int rows, int firstHead, int lastHead, float[] attended, Scratch own) {
        for (int row = 0; row < (lastHead - firstHead) * rows; row++) {
            float sum = 0;
            for (int i = row * Kernels.PARTIAL_SUMS; i < (row + 1) * Kernels.PARTIAL_SUMS; i++) {
                sum += own.sums[i];
            }
            float factor = 1 / sum;
            int at = place(from, row % rows, firstHead + row / rows);
            for (int i = 0; i < config.headWidth(); i++) {
                attended[at + i] = own.attended[row * stride + i] * factor;
            }
        }
    }

    /** Where a row's head begins in the batch's queries. */
    private int place(int from, int row, int head) {
        return (from + row / group) * config.queryWidth() + (head * group + row % group) * config.headWidth();
    }
}
