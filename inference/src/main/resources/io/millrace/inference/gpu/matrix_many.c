// Made for each FORMAT with matrix units: as matrix_few.c's, for many tokens. Tiles of 128 rows and 128 tokens, by a unit at a time, which lies in local
// memory while the next one is read; 32 lanes sum 64 rows of 64 tokens. Groups of 128.
// A row's four chunks lie in an order that has lanes side by side write to, and read from, different banks.
#define TILE_CHUNK(row, chunk) ((row) * 4 + ((chunk) ^ (row) / 2 % 4))
KERNEL void LANES(128) PASTE(multiply_many_, FORMAT)(GLOBAL const uchar *RESTRICT weights, GLOBAL const INPUT *x,
        GLOBAL float *y, GLOBAL INPUT *gated, int rows, int units, int blocks, int tileBytes, int stride, int tokens, int yStride, int yAt, int mode) {
    EXCHANGE(exchange, 128);
    LOCAL CHUNK rowTile[2 * 512];
    LOCAL CHUNK tokenTile[2 * 512];
    int firstRow = GROUP_Y * 128;
    int firstToken = GROUP_X * 128;
    int g = LANE % 32 / 4;
    int t = LANE % 4;
    int warpRow = LANE / 64 * 64;
    int warpToken = LANE / 32 % 2 * 64;
    int ownRow = firstRow + LANE < rows ? firstRow + LANE : rows - 1;
    GLOBAL const uchar *own = weights + (long) (ownRow / TILE_ROWS) * tileBytes;
    float sums[4 * 8 * 4];
    UNROLL
    for (int i = 0; i < 4 * 8 * 4; i++) {
        sums[i] = 0;
    }
    uint raw[PASTE(FETCHED_, FORMAT)];
    CHUNK in[4];
    AWAIT_EARLIER();
    for (int unit = -1; unit < units; unit++) {
        if (unit + 1 < units) {
            PASTE(fetch_, FORMAT)(own, ownRow % TILE_ROWS, blocks, (uint) (unit + 1), raw);
            UNROLL
            for (int i = 0; i < 4; i++) {
                int token = firstToken + LANE / 4 + 32 * i;
                in[i] = LOAD_INPUTS(x + (long) (token < tokens ? token : tokens - 1) * stride
                        + PASTE(PLACE_, FORMAT)(unit + 1, LANE % 4) * 8);
            }
        }
        if (unit >= 0) {
            IN_LOCAL const CHUNK *rowsNow = rowTile + unit % 2 * 512;
            IN_LOCAL const CHUNK *tokensNow = tokenTile + unit % 2 * 512;
            PAIR low[4 * 4];
            PAIR high[4 * 4];
            UNROLL
            for (int i = 0; i < 4; i++) {
                unpack(rowsNow[TILE_CHUNK(warpRow + i * 16 + g, t)], low + 4 * i);
                unpack(rowsNow[TILE_CHUNK(warpRow + i * 16 + g + 8, t)], high + 4 * i);
            }
            UNROLL
            for (int j = 0; j < 8; j += 2) {
                PAIR columns[8];
                unpack(tokensNow[TILE_CHUNK(warpToken + j * 8 + g, t)], columns);
                unpack(tokensNow[TILE_CHUNK(warpToken + j * 8 + 8 + g, t)], columns + 4);
                UNROLL
                for (int k = 0; k < 4; k += 2) {
                    UNROLL
                    for (int i = 0; i < 8; i++) {
                        multiplyTile(sums + (j * 4 + i) * 4, low + i % 4 * 4 + k, high + i % 4 * 4 + k, columns + i / 4 * 4 + k,
                                exchange);
                    }
                }
            }
        }
        if (unit + 1 < units) {
            PAIR v[16];
            PASTE(expand_, FORMAT)(raw, (uint) (unit + 1), v);
            UNROLL
            for (int i = 0; i < 4; i++) {
                rowTile[(unit + 1) % 2 * 512 + TILE_CHUNK(LANE, i)] = pack(v + 4 * i);
                tokenTile[(unit + 1) % 2 * 512 + TILE_CHUNK(LANE / 4 + 32 * i, LANE % 4)] = in[i];
            }
        }
        BARRIER();
    }
    UNROLL
    for (int j = 0; j < 8; j++) {
        UNROLL
        for (int i = 0; i < 16; i++) {
            int token = firstToken + warpToken + j * 8 + 2 * t + i % 2;
            int row = firstRow + warpRow + i / 4 * 16 + g + i % 4 / 2 * 8;
            float sum = sums[j * 16 + i];
            if (token < tokens && row < rows) {
                if (mode == 2) {
                    int gateRow = row / 16 * 8 + row % 16;
                    if (i % 4 < 2 && gateRow < yAt) {
                        STORE_INPUT(gate(sum) * sums[j * 16 + (i + 2) % 16], gated + (long) token * yStride + gateRow);
                    }
                } else {
                    long at = (long) token * yStride + yAt + row;
                    y[at] = mode == 1 ? y[at] + sum : sum;
                }
            }
        }
    }
}
#undef TILE_CHUNK
