// Made for each FORMAT, once for one token and once for up to 8, which TOKENS says: y[t][r] = the sum over c of weight[r][c] * x[t][c], or that added
// to y, whose rows are apart by yStride. Weights are read once. Groups of 128, one for each tile of rows: 8 lanes a row.
KERNEL void LANES(128) PASTE(PASTE(multiply_, TOKENS), PASTE(_, FORMAT))(GLOBAL const uchar *weights, GLOBAL const INPUT *x,
        GLOBAL float *y, int rows, int units, int blocks, int tileBytes, int stride, int tokens, int yStride, int yAt, int add) {
    LOCAL float parts[8 * TOKENS * TILE_ROWS];
    int row = LANE % TILE_ROWS;
    int slice = LANE / TILE_ROWS;
    float sums[TOKENS];
    for (int t = 0; t < TOKENS; t++) {
        sums[t] = 0;
    }
    for (int unit = slice; unit < units; unit += 8) {
        uint raw[PASTE(FETCHED_, FORMAT)];
        PAIR v[16];
        PASTE(fetch_, FORMAT)(weights + (long) GROUP_X * tileBytes, row, blocks, (uint) unit, raw);
        PASTE(expand_, FORMAT)(raw, (uint) unit, v);
        for (int t = 0; t < TOKENS; t++) {
            if (TOKENS == 1 || t < tokens) {
                float sum = sums[t];
                for (int i = 0; i < 4; i++) {
                    PAIR in[4];
                    unpack(LOAD_INPUTS(x + (long) t * stride + PASTE(PLACE_, FORMAT)(unit, i) * 8), in);
                    for (int j = 0; j < 4; j++) {
                        sum += firstOf(v[4 * i + j]) * firstOf(in[j]);
                        sum += secondOf(v[4 * i + j]) * secondOf(in[j]);
                    }
                }
                sums[t] = sum;
            }
        }
    }
    for (int t = 0; t < TOKENS; t++) {
        parts[(slice * TOKENS + t) * TILE_ROWS + row] = sums[t];
    }
    BARRIER();
    int token = slice;
    if (token < TOKENS && token < tokens && GROUP_X * TILE_ROWS + row < rows) {
        float sum = 0;
        for (int part = 0; part < 8; part++) {
            sum += parts[(part * TOKENS + token) * TILE_ROWS + row];
        }
        long at = (long) token * yStride + yAt + GROUP_X * TILE_ROWS + row;
        y[at] = add ? y[at] + sum : sum;
    }
}
