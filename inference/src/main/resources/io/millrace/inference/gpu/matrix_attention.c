// Made with matrix units for each WIDTH that heads are filled up to. Keys and values are halves; a block holds 32 positions, head by head: of keys each
// position's numbers, of values each number's positions. Rows of a tile are a sequence's tokens times the query heads that share keys and values.

// Rotates and scales queries, and rotates keys, on their way to where they are kept; keeps values. Groups of 64, one for each head of the three and token.
KERNEL void LANES(64) PASTE(remember_tiles_, WIDTH)(GLOBAL const float *queryKeyValue, GLOBAL ushort *query, GLOBAL ushort *keys,
        GLOBAL ushort *values, GLOBAL const int *step, int positionsAt, int startsAt, int tablesAt, int anglesAt, int heads,
        int keyValueHeads, int headWidth, int pairs, float scale) {
    AWAIT_EARLIER();
    int token = GROUP_Y;
    int position = step[positionsAt + token];
    GLOBAL const float *angles = (GLOBAL const float *) (step + anglesAt) + token * pairs * 2;
    int kind = GROUP_X < heads ? 0 : GROUP_X < heads + keyValueHeads ? 1 : 2;
    int head = GROUP_X - (kind == 0 ? 0 : kind == 1 ? heads : heads + keyValueHeads);
    GLOBAL const float *in = queryKeyValue + ((long) token * (heads + 2 * keyValueHeads) + GROUP_X) * headWidth;
    long block = step[tablesAt + step[startsAt + token] + position / 32];
    long first = (block * keyValueHeads + head) * 32 * WIDTH;
    for (int i = 2 * LANE; i < WIDTH; i += 128) {
        float even = i < headWidth ? in[i] : 0;
        float odd = i + 1 < headWidth ? in[i + 1] : 0;
        if (kind < 2 && i < 2 * pairs) {
            float cosine = angles[i];
            float sine = angles[i + 1];
            float rotated = even * cosine - odd * sine;
            odd = even * sine + odd * cosine;
            even = rotated;
        }
        if (kind == 0) {
            GLOBAL ushort *out = query + ((long) token * heads + head) * WIDTH + i;
            STORE_HALF(even * scale, out);
            STORE_HALF(odd * scale, out + 1);
        } else if (kind == 1) {
            GLOBAL ushort *out = keys + first + position % 32 * WIDTH + i;
            STORE_HALF(even, out);
            STORE_HALF(odd, out + 1);
        } else {
            GLOBAL ushort *out = values + first + i * 32 + position % 32;
            STORE_HALF(even, out);
            STORE_HALF(odd, out + 32);
        }
    }
}

// Softmax over all positions up to each row's own, a block at a time (Milakov and Gimelshein 2018; Dao et al. 2022). Of a tile, step has, from tilesAt on,
// its first token, how many, where their block table begins, and the last one's position. Groups of 128, one for each tile and split, and for as many query
// heads as a tile has room for: 4 times 32 lanes have 16 rows each, if the tile has 64, or the same 16 rows and every fourth block each. Splits of a tile
// have their share of the blocks each and leave sums that must be combined.
KERNEL void LANES(128) PASTE(attend_tiles_, WIDTH)(GLOBAL const ushort *query, GLOBAL const ushort *keys,
        GLOBAL const ushort *values, GLOBAL INPUT *attended, GLOBAL float *parts, GLOBAL const int *step, int tilesAt,
        int positionsAt, int tablesAt, int heads, int keyValueHeads, int headsOfTile, int headWidth, int stride, int splits, int tileRows) {
    AWAIT_EARLIER();
    EXCHANGE(exchange, 128);
    LOCAL float merged[16 * WIDTH];
    LOCAL float largests[64];
    LOCAL float weights[64];
    int tile = GROUP_Y / splits;
    int split = GROUP_Y % splits;
    int firstToken = step[tilesAt + 4 * tile];
    int tokens = step[tilesAt + 4 * tile + 1];
    int table = tablesAt + step[tilesAt + 4 * tile + 2];
    int blocks = step[tilesAt + 4 * tile + 3] / 32 + 1;
    int headsOfKey = heads / keyValueHeads;
    int partsOfKey = (headsOfKey + headsOfTile - 1) / headsOfTile;
    int keyHead = GROUP_X / partsOfKey;
    int firstHead = GROUP_X % partsOfKey * headsOfTile;
    int warp = LANE / 32;
    int g = LANE % 32 / 4;
    int t = LANE % 4;
    int apart = tileRows == 16;
    PAIR low[WIDTH / 8];
    PAIR high[WIDTH / 8];
    int limits[2];
    UNROLL
    for (int i = 0; i < 2; i++) {
        int row = (apart ? 0 : 16 * warp) + g + 8 * i;
        int head = firstHead + row % headsOfTile;
        int inside = row / headsOfTile < tokens && head < headsOfKey;
        int token = firstToken + (inside ? row / headsOfTile : 0);
        limits[i] = inside ? step[positionsAt + token] : -1;
        GLOBAL const ushort *own = query + ((long) token * heads + keyHead * headsOfKey + (inside ? head : 0)) * WIDTH;
        UNROLL
        for (int c = 0; c < WIDTH / 32; c++) {
            unpack(loadChunk(own + 32 * c + 8 * t), (i ? high : low) + 4 * c);
        }
    }
    float largest[2] = {-INFINITY, -INFINITY};
    float sum[2] = {0, 0};
    float out[WIDTH / 2];
    UNROLL
    for (int i = 0; i < WIDTH / 2; i++) {
        out[i] = 0;
    }
    int last = (split + 1) * blocks / splits;
    for (int first = split * blocks / splits; first < last; first += apart ? 4 : 1) {
        int block = first + (apart ? warp : 0);
        int inside = block < last;
        long at = ((long) step[table + (inside ? block : first)] * keyValueHeads + keyHead) * 32 * WIDTH;
        float scores[16];
        UNROLL
        for (int i = 0; i < 16; i++) {
            scores[i] = 0;
        }
        UNROLL
        for (int c = 0; c < WIDTH / 32; c++) {
            PAIR in[16];
            UNROLL
            for (int j = 0; j < 4; j++) {
                // the position of a column: lanes then hold scores of eight positions in a row, as values want them
                unpack(loadChunk(keys + at + (g / 2 * 8 + 2 * j + g % 2) * WIDTH + 32 * c + 8 * t), in + 4 * j);
            }
            UNROLL
            for (int j = 0; j < 8; j++) {
                int pairs = 4 * c + j / 4 * 2;
                multiplyTile(scores + j % 4 * 4, low + pairs, high + pairs, in + j % 4 * 4 + j / 4 * 2, exchange);
            }
        }
        PAIR lowWeights[4];
        PAIR highWeights[4];
        UNROLL
        for (int i = 0; i < 2; i++) {
            int visible = inside ? limits[i] - 32 * block - 8 * t : -1;
            float greatest = largest[i];
            UNROLL
            for (int j = 0; j < 8; j++) {
                float *score = scores + j / 2 * 4 + 2 * i + j % 2;
                *score = j <= visible ? *score : -INFINITY;
                greatest = greatest < *score ? *score : greatest;
            }
            greatest = largest4(greatest, exchange);
            float base = greatest == -INFINITY ? 0 : greatest;
            float factor = EXP(largest[i] - base);
            largest[i] = greatest;
            sum[i] *= factor;
            UNROLL
            for (int j = 0; j < 4; j++) {
                float even = EXP(scores[4 * j + 2 * i] - base);
                float odd = EXP(scores[4 * j + 2 * i + 1] - base);
                sum[i] += even + odd;
                (i ? highWeights : lowWeights)[j] = pairOf(even, odd);
            }
            UNROLL
            for (int d = 0; d < WIDTH / 8; d++) {
                out[4 * d + 2 * i] *= factor;
                out[4 * d + 2 * i + 1] *= factor;
            }
        }
        UNROLL
        for (int d = 0; d < WIDTH / 8; d += 4) {
            PAIR in[16];
            UNROLL
            for (int j = 0; j < 4; j++) {
                unpack(loadChunk(values + at + (8 * (d + j) + g) * 32 + 8 * t), in + 4 * j);
            }
            UNROLL
            for (int j = 0; j < 8; j++) {
                int pairs = j / 4 * 2;
                multiplyTile(out + 4 * (d + j % 4), lowWeights + pairs, highWeights + pairs, in + j % 4 * 4 + pairs, exchange);
            }
        }
    }
    sum[0] = sum4(sum[0], exchange);
    sum[1] = sum4(sum[1], exchange);
    if (apart) {
        if (t == 0) {
            largests[warp * 16 + g] = largest[0];
            largests[warp * 16 + g + 8] = largest[1];
        }
        BARRIER();
        UNROLL
        for (int i = 0; i < 2; i++) {
            float greatest = -INFINITY;
            for (int w = 0; w < 4; w++) {
                float other = largests[w * 16 + g + 8 * i];
                greatest = greatest < other ? other : greatest;
            }
            float factor = largest[i] == -INFINITY ? 0 : EXP(largest[i] - greatest);
            if (t == 0) {
                weights[warp * 16 + g + 8 * i] = sum[i] * factor;
            }
            UNROLL
            for (int d = 0; d < WIDTH / 8; d++) {
                out[4 * d + 2 * i] *= factor;
                out[4 * d + 2 * i + 1] *= factor;
            }
        }
        for (int turn = 0; turn < 4; turn++) {
            if (warp == turn) {
                UNROLL
                for (int i = 0; i < WIDTH / 2; i++) {
                    int to = (g + i % 4 / 2 * 8) * WIDTH + i / 4 * 8 + 2 * t + i % 2;
                    merged[to] = turn == 0 ? out[i] : merged[to] + out[i];
                }
            }
            BARRIER();
        }
        for (int i = LANE; i < 16 * WIDTH; i += 128) {
            int row = i / WIDTH;
            int dimension = i % WIDTH;
            float all = weights[row] + weights[16 + row] + weights[32 + row] + weights[48 + row];
            int head = firstHead + row % headsOfTile;
            if (row / headsOfTile < tokens && head < headsOfKey) {
                if (splits > 1) {
                    long partAt = (((long) tile * (keyValueHeads * partsOfKey) + GROUP_X) * splits + split) * 16 + row;
                    GLOBAL float *part = parts + partAt * (WIDTH + 2);
                    part[dimension] = merged[i];
                    if (dimension == 0) {
                        float greatest = largests[row];
                        for (int w = 1; w < 4; w++) {
                            greatest = greatest < largests[w * 16 + row] ? largests[w * 16 + row] : greatest;
                        }
                        part[WIDTH] = greatest;
                        part[WIDTH + 1] = all;
                    }
                } else if (dimension < headWidth) {
                    GLOBAL INPUT *to = attended + (long) (firstToken + row / headsOfTile) * stride;
                    STORE_INPUT(merged[i] / all, to + (keyHead * headsOfKey + head) * headWidth + dimension);
                }
            }
        }
    } else {
        UNROLL
        for (int i = 0; i < WIDTH / 2; i++) {
            int row = 16 * warp + g + i % 4 / 2 * 8;
            int dimension = i / 4 * 8 + 2 * t + i % 2;
            int head = firstHead + row % headsOfTile;
            if (row / headsOfTile < tokens && head < headsOfKey && dimension < headWidth) {
                GLOBAL INPUT *to = attended + (long) (firstToken + row / headsOfTile) * stride;
                STORE_INPUT(out[i] / sum[i % 4 / 2], to + (keyHead * headsOfKey + head) * headWidth + dimension);
            }
        }
    }
}

// Puts together what splits left. Groups of 128, one for each of the tiles' rows (x) of heads, and tile.
KERNEL void LANES(128) PASTE(combine_tiles_, WIDTH)(GLOBAL const float *parts, GLOBAL INPUT *attended, GLOBAL const int *step, int tilesAt,
        int heads, int keyValueHeads, int headsOfTile, int headWidth, int stride, int splits) {
    AWAIT_EARLIER();
    int headsOfKey = heads / keyValueHeads;
    int partsOfKey = (headsOfKey + headsOfTile - 1) / headsOfTile;
    int group = GROUP_X / 16;
    int row = GROUP_X % 16;
    int keyHead = group / partsOfKey;
    int head = group % partsOfKey * headsOfTile + row % headsOfTile;
    int token = row / headsOfTile;
    if (token < step[tilesAt + 4 * GROUP_Y + 1] && head < headsOfKey) {
        GLOBAL const float *first = parts + (((long) GROUP_Y * (keyValueHeads * partsOfKey) + group) * splits * 16 + row) * (WIDTH + 2);
        float greatest = -INFINITY;
        for (int s = 0; s < splits; s++) {
            float other = first[s * 16 * (WIDTH + 2) + WIDTH];
            greatest = greatest < other ? other : greatest;
        }
        for (int dimension = LANE; dimension < headWidth; dimension += 128) {
            float sum = 0;
            float all = 0;
            for (int s = 0; s < splits; s++) {
                GLOBAL const float *part = first + s * 16 * (WIDTH + 2);
                float factor = EXP(part[WIDTH] - greatest);
                sum += part[dimension] * factor;
                all += part[WIDTH + 1] * factor;
            }
            long to = (long) (step[tilesAt + 4 * GROUP_Y] + token) * stride + (keyHead * headsOfKey + head) * headWidth;
            STORE_INPUT(sum / all, attended + to + dimension);
        }
    }
}
