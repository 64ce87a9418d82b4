// Made once for each FORMAT: y[t][r] = the sum over c of weight[r][c] * x[t][c], or that added to y. Behind the last
// row a buffer has room for a chunk more: rows that no chunk divides are read beyond their end, and multiplied with 0.
// Rows are as long as a multiple of 4, so that vectors can be loaded.
#define DECODE PASTE(decode_, FORMAT)

// Many tokens: tiles of 64 rows and 32 tokens, by 32 columns at a time; a lane sums 4 rows of 4 tokens. Groups of 128.
KERNEL void PASTE(multiply_many_, FORMAT)(GLOBAL const uchar *weights, GLOBAL const float *x, GLOBAL float *y, int rows,
        int columns, int rowBytes, int tokens, int add) {
    LOCAL float rowTile[32 * 65];
    LOCAL float tokenTile[32 * 33];
    int firstRow = GROUP_X * 64;
    int firstToken = GROUP_Y * 32;
    int ownRow = LANE % 16;
    int ownToken = LANE / 16;
    float sums[16];
    for (int i = 0; i < 16; i++) {
        sums[i] = 0;
    }
    for (int from = 0; from < columns; from += 32) {
        for (int i = LANE; i < 64 * 4; i += 128) {
            int row = firstRow + i / 4;
            int column = from + i % 4 * CHUNK;
            float v[CHUNK];
            if (row < rows && column < columns) {
                DECODE(weights + (long) row * rowBytes, (uint) (column / CHUNK), v);
            }
            for (int j = 0; j < CHUNK; j++) {
                rowTile[(i % 4 * CHUNK + j) * 65 + i / 4] = row < rows && column + j < columns ? v[j] : 0;
            }
        }
        for (int i = LANE; i < 32 * 32; i += 128) {
            int token = firstToken + i / 32;
            int column = from + i % 32;
            tokenTile[i % 32 * 33 + i / 32] = token < tokens && column < columns ? x[(long) token * columns + column] : 0;
        }
        BARRIER();
#pragma unroll 4
        for (int c = 0; c < 32; c++) {
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
                long at = (long) token * rows + row;
                y[at] = add ? y[at] + sums[t * 4 + r] : sums[t * 4 + r];
            }
        }
    }
}

// x = rows of the table. Groups of 32 lanes, one for each 256 columns and token.
KERNEL void PASTE(embed_, FORMAT)(GLOBAL const uchar *table, GLOBAL const int *step, int tokensAt, GLOBAL float *x,
        int columns, int rowBytes) {
    int chunk = GROUP_X * 32 + LANE;
    if (chunk * CHUNK < columns) {
        float v[CHUNK];
        DECODE(table + (long) step[tokensAt + GROUP_Y] * rowBytes, (uint) chunk, v);
        for (int i = 0; i < CHUNK; i++) {
            if (chunk * CHUNK + i < columns) {
                x[(long) GROUP_Y * columns + chunk * CHUNK + i] = v[i];
            }
        }
    }
}
#undef DECODE
