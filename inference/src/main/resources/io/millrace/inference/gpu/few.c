// Made for each FORMAT, once for one token and once for up to 8, which TOKENS says: y[t][r] = the sum over c of
// weight[r][c] * x[t][c], or that added to y. Weights are read once. Groups of 128, one for each 4 rows: 32 lanes a row.
KERNEL void PASTE(PASTE(multiply_, TOKENS), PASTE(_, FORMAT))(GLOBAL const uchar *weights, GLOBAL const float *x,
        GLOBAL float *y, int rows, int columns, int rowBytes, int tokens, int add) {
    LOCAL float scratch[128];
    int row = GROUP_X * 4 + LANE / 32;
    int lane = LANE % 32;
    GLOBAL const uchar *own = weights + (long) (row < rows ? row : rows - 1) * rowBytes;
    float sums[TOKENS];
    for (int t = 0; t < TOKENS; t++) {
        sums[t] = 0;
    }
    for (int chunk = lane; chunk * CHUNK < columns; chunk += 32) {
        float v[CHUNK];
        PASTE(decode_, FORMAT)(own, (uint) chunk, v);
        int count = columns - chunk * CHUNK;
        if (count < CHUNK) {
            keepFirst(v, count);
        }
        for (int t = 0; t < TOKENS; t++) {
            if (TOKENS == 1 || t < tokens) {
                GLOBAL const float *from = x + t * columns + chunk * CHUNK;
                float in[CHUNK];
                if (count < CHUNK) {
                    loadFirst(from, count, in);
                } else {
                    loadFloats(from, in);
                }
                float sum = sums[t];
                for (int i = 0; i < CHUNK; i++) {
                    sum += v[i] * in[i];
                }
                sums[t] = sum;
            }
        }
    }
    for (int t = 0; t < TOKENS; t++) {
        float sum = sum32(sums[t], scratch);
        if (lane == 0 && row < rows && t < tokens) {
            long at = (long) t * rows + row;
            y[at] = add ? y[at] + sum : sum;
        }
    }
}
