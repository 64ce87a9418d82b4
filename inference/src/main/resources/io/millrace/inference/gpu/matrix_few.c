// Made for each FORMAT with matrix units, for up to 8 * TILES tokens: y[t][r] = the sum over c of weight[r][c] * x[t][c], or that added to y, whose rows are
// apart by yStride. Weights are read once, straight to where matrix units want them. With mode 2 a tile's first 8 rows are gates of what its last 8 let
// through, and their products are what comes out, in gated: yAt of them. Groups of 256, one for each tile of rows: 8 times 32 lanes share the columns.
#define SETS (4 / TILES)
#define LOAD_COLUMNS(i) \
    UNROLL \
    for (int t = 0; t < TILES; t++) { \
        in[(i) % 2 * TILES + t] = unit < units && t * 8 + g < tokens \
                ? LOAD_INPUTS(x + (long) (t * 8 + g) * stride + PASTE(PLACE_, FORMAT)(unit, i) * 8) : noChunk(); \
    }
KERNEL void LANES_IN_GROUPS(256, TILES == 1 && PASTE(FETCHED_, FORMAT) < 16 ? 3 : 2)
        PASTE(PASTE(multiply_tiles_, TILES), PASTE(_, FORMAT))(GLOBAL const uchar *RESTRICT weights,
        GLOBAL const INPUT *x, GLOBAL float *y, GLOBAL INPUT *gated, int rows, int units, int blocks, int tileBytes, int stride, int tokens,
        int yStride, int yAt, int mode) {
    EXCHANGE(exchange, 256);
    LOCAL float parts[8 * TILES * 128];
    int g = LANE % 32 / 4;
    GLOBAL const uchar *own = weights + (long) GROUP_X * tileBytes;
    int unit = LANE / 32 * 4 + LANE % 4;
    uint rawLow[PASTE(FETCHED_, FORMAT)];
    uint rawHigh[PASTE(FETCHED_, FORMAT)];
    PASTE(fetch_, FORMAT)(own, g, blocks, (uint) (unit < units ? unit : 0), rawLow);
    PASTE(fetch_, FORMAT)(own, g + 8, blocks, (uint) (unit < units ? unit : 0), rawHigh);
    AWAIT_EARLIER();
    float sums[16]; // by tile of tokens, or, of fewer of these, in sets that are added up in the end
    UNROLL
    for (int i = 0; i < 16; i++) {
        sums[i] = 0;
    }
    for (int first = 0; first < units; first += 32) {
        uint nextLow[PASTE(FETCHED_, FORMAT)];
        uint nextHigh[PASTE(FETCHED_, FORMAT)];
        if (first + 32 < units) {
            uint next = (uint) (unit + 32 < units ? unit + 32 : 0);
            PASTE(fetch_, FORMAT)(own, g, blocks, next, nextLow);
            PASTE(fetch_, FORMAT)(own, g + 8, blocks, next, nextHigh);
        }
        // inputs are on their way two chunks ahead
        CHUNK in[2 * TILES];
        UNROLL
        for (int i = 0; i < 2; i++) {
            LOAD_COLUMNS(i);
        }
        PAIR low[16];
        PAIR high[16];
        PASTE(expand_, FORMAT)(rawLow, (uint) unit, low);
        PASTE(expand_, FORMAT)(rawHigh, (uint) unit, high);
        UNROLL
        for (int i = 0; i < 4; i++) {
            PAIR columns[4 * TILES];
            UNROLL
            for (int t = 0; t < TILES; t++) {
                unpack(in[i % 2 * TILES + t], columns + 4 * t);
            }
            if (i < 2) {
                LOAD_COLUMNS(i + 2);
            }
            UNROLL
            for (int j = 0; j < 4; j += 2) {
                UNROLL
                for (int t = 0; t < TILES; t++) {
                    multiplyTile(sums + (i % SETS * TILES + t) * 4, low + 4 * i + j, high + 4 * i + j, columns + 4 * t + j, exchange);
                }
            }
        }
        unit += 32;
        UNROLL
        for (int i = 0; i < PASTE(FETCHED_, FORMAT); i++) {
            rawLow[i] = nextLow[i];
            rawHigh[i] = nextHigh[i];
        }
    }
    UNROLL
    for (int i = 0; i < TILES * 4; i++) {
        float sum = 0;
        UNROLL
        for (int set = 0; set < SETS; set++) {
            sum += sums[set * TILES * 4 + i];
        }
        int token = i / 4 * 8 + LANE % 4 * 2 + i % 2;
        parts[(LANE / 32 * TILES * 8 + token) * TILE_ROWS + g + i % 4 / 2 * 8] = sum;
    }
    BARRIER();
    for (int i = LANE; i < TILES * 128; i += 256) {
        int token = i / TILE_ROWS;
        int row = i % TILE_ROWS;
        float sum = 0;
        for (int slice = 0; slice < 8; slice++) {
            sum += parts[slice * TILES * 128 + i];
        }
        if (mode == 2) {
            parts[i] = sum; // its own one: nobody else reads it
        } else if (token < tokens && GROUP_X * TILE_ROWS + row < rows) {
            long at = (long) token * yStride + yAt + GROUP_X * TILE_ROWS + row;
            y[at] = mode == 1 ? y[at] + sum : sum;
        }
    }
    if (mode == 2) {
        BARRIER();
        for (int i = LANE; i < TILES * 64; i += 256) {
            int token = i / 8;
            if (token < tokens && GROUP_X * 8 + i % 8 < yAt) {
                float through = gate(parts[token * TILE_ROWS + i % 8]) * parts[token * TILE_ROWS + i % 8 + 8];
                STORE_INPUT(through, gated + (long) token * yStride + GROUP_X * 8 + i % 8);
            }
        }
    }
}
#undef SETS
#undef LOAD_COLUMNS
