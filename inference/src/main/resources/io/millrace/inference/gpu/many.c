// Made for each FORMAT: as few.c's, for many tokens. Tiles of 64 rows and 32 tokens, by a unit at a time; a lane sums 4 rows of 4 tokens. Groups of 128.
KERNEL void LANES(128) PASTE(multiply_many_, FORMAT)(GLOBAL const uchar *weights, GLOBAL const INPUT *x, GLOBAL float *y,
        int rows, int units, int blocks, int tileBytes, int stride, int tokens, int yStride, int yAt, int add) {
    LOCAL float rowTile[UNIT * 65];
    LOCAL float tokenTile[UNIT * 33];
    int firstRow = GROUP_X * 64;
    int firstToken = GROUP_Y * 32;
    int ownRow = LANE % 16;
    int ownToken = LANE / 16;
    float sums[16];
    for (int i = 0; i < 16; i++) {
        sums[i] = 0;
    }
    for (int unit = 0; unit < units; unit++) {
        if (LANE < 64) {
            uint raw[PASTE(FETCHED_, FORMAT)];
            PAIR v[16];
            int row = firstRow + LANE < rows ? firstRow + LANE : rows - 1;
            PASTE(fetch_, FORMAT)(weights + (long) (row / TILE_ROWS) * tileBytes, row % TILE_ROWS, blocks, (uint) unit, raw);
            PASTE(expand_, FORMAT)(raw, (uint) unit, v);
            for (int i = 0; i < 16; i++) {
                rowTile[2 * i * 65 + LANE] = firstOf(v[i]);
                rowTile[(2 * i + 1) * 65 + LANE] = secondOf(v[i]);
            }
        } else {
            for (int i = LANE - 64; i < 32 * 4; i += 64) {
                PAIR v[4];
                int token = firstToken + i % 32 < tokens ? firstToken + i % 32 : tokens - 1;
                unpack(LOAD_INPUTS(x + (long) token * stride + PASTE(PLACE_, FORMAT)(unit, i / 32) * 8), v);
                for (int j = 0; j < 4; j++) {
                    tokenTile[(i / 32 * 8 + 2 * j) * 33 + i % 32] = firstOf(v[j]);
                    tokenTile[(i / 32 * 8 + 2 * j + 1) * 33 + i % 32] = secondOf(v[j]);
                }
            }
        }
        BARRIER();
        for (int c = 0; c < UNIT; c++) {
            float w[4];
            for (int r = 0; r < 4; r++) {
                w[r] = rowTile[c * 65 + ownRow + 16 * r];
            }
            for (int t = 0; t < 4; t++) {
                float in = tokenTile[c * 33 + ownToken + 8 * t];
                for (int r = 0; r < 4; r++) {
                    sums[t * 4 + r] += w[r] * in;
                }
            }
        }
        BARRIER();
    }
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < 4; r++) {
            int token = firstToken + ownToken + 8 * t;
            int row = firstRow + ownRow + 16 * r;
            if (token < tokens && row < rows) {
                long at = (long) token * yStride + yAt + row;
                y[at] = add ? y[at] + sums[t * 4 + r] : sums[t * 4 + r];
            }
        }
    }
}
