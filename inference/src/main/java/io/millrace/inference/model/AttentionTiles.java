package io.millrace.inference.model;

import io.millrace.inference.cache.BlockPool;
import java.util.ArrayList;
import java.util.List;

/**
 * How attention on matrix units is cut: tiles are tokens of one sequence, times the query heads that share keys and values. Where few tokens stand in a row a tile has
 * {@link #FEW_ROWS} rows, and the positions before them are shared out among the device's multiprocessors; where many do it has {@link #MANY_ROWS}.
 */
final class AttentionTiles {
    static final int FEW_ROWS = 16;
    static final int MANY_ROWS = 64;
    static final int WORDS = 4;
    /** Enough groups to keep the multiprocessors of a large card busy. */
    private static final int GROUPS = 264;
    private static final int MOST_SPLITS = 64;
    /** Blocks that are worth a group of their own: what it leaves must be put together. */
    private static final int LEAST_BLOCKS = 4;

    private final int headsOfTile;
    private final int groupsOfTile;
    private final List<Tile> few = new ArrayList<>();
    private final List<Tile> many = new ArrayList<>();

    private record Tile(int firstToken, int tokens, int tableStart, int lastPosition) {}

    AttentionTiles(LlamaConfig config) {
        int headsOfKey = config.heads() / config.keyValueHeads();
        headsOfTile = Math.min(headsOfKey, FEW_ROWS);
        groupsOfTile = config.keyValueHeads() * Math.ceilDiv(headsOfKey, headsOfTile);
    }

    /** Query heads of a tile. */
    int headsOfTile() {
        return headsOfTile;
    }

    /** Groups that compute a tile, if it is not split. */
    int groupsOfTile() {
        return groupsOfTile;
    }

    /** The most groups with a part of a tile each. */
    static int mostParts() {
        return GROUPS;
    }

    void clear() {
        few.clear();
        many.clear();
    }

    /** Adds a sequence's tokens, the last of which has a position, and whose block table begins somewhere. */
    void add(int firstToken, int tokens, int tableStart, int lastPosition) {
        boolean areFew = tokens * headsOfTile <= FEW_ROWS;
        int step = (areFew ? FEW_ROWS : MANY_ROWS) / headsOfTile;
        for (int done = 0; done < tokens; done += step) {
            int count = Math.min(step, tokens - done);
            (areFew ? few : many).add(new Tile(firstToken + done, count, tableStart,
                    lastPosition - tokens + done + count));
        }
    }

    int fewCount() {
        return few.size();
    }

    int manyCount() {
        return many.size();
    }

    /** How many groups share a tile of few rows: a power of 2. */
    int splits() {
        int longest = few.stream().mapToInt(Tile::lastPosition).max().orElse(0);
        int useful = Math.ceilDiv(BlockPool.blocksFor(longest + 1), LEAST_BLOCKS);
        int idle = GROUPS / Math.max(1, few.size() * groupsOfTile);
        return Integer.highestOneBit(Math.clamp(Math.min(useful, idle), 1, MOST_SPLITS));
    }

    /** The tiles as kernels want them: of few rows, then of many. */
    int[] words() {
        var words = new int[(few.size() + many.size()) * WORDS];
        int at = 0;
        for (List<Tile> tiles : List.of(few, many)) {
            for (Tile tile : tiles) {
                words[at++] = tile.firstToken();
                words[at++] = tile.tokens();
                words[at++] = tile.tableStart();
                words[at++] = tile.lastPosition();
            }
        }
        return words;
    }
}
