// Made once for each type CACHE that keys and values are kept in. A block holds 32 positions: head by head, of each
// position by position. Block numbers of a token's sequence stand in step, from tablesAt + step[startsAt + token] on.
#define LOAD PASTE(load_, CACHE)
#define STORE PASTE(store_, CACHE)
#define NUMBER PASTE(number_, CACHE)

// Rotates queries, and keys on their way to the cache; keeps values. All three stand in a row for each token. Groups of 64, one for each head and token.
KERNEL void LANES(64) PASTE(remember_, CACHE)(GLOBAL float *queryKeyValue, GLOBAL NUMBER *keys, GLOBAL NUMBER *values, GLOBAL const int *step,
        int positionsAt, int startsAt, int tablesAt, int anglesAt, int heads, int keyValueHeads, int headWidth, int pairs) {
    int token = GROUP_Y;
    int position = step[positionsAt + token];
    GLOBAL const float *angles = (GLOBAL const float *) (step + anglesAt) + token * pairs * 2;
    int kind = GROUP_X < heads ? 0 : GROUP_X < heads + keyValueHeads ? 1 : 2;
    int head = GROUP_X - (kind == 0 ? 0 : kind == 1 ? heads : heads + keyValueHeads);
    GLOBAL float *own = queryKeyValue + ((long) token * (heads + 2 * keyValueHeads) + GROUP_X) * headWidth;
    long block = step[tablesAt + step[startsAt + token] + position / 32];
    long to = ((block * keyValueHeads + head) * 32 + position % 32) * headWidth;
    for (int pair = LANE; pair * 2 < headWidth; pair += 64) {
        GLOBAL float *in = own + 2 * pair;
        int last = 2 * pair + 1 < headWidth;
        float even = in[0];
        float odd = last ? in[1] : 0;
        if (kind < 2 && pair < pairs) {
            float cosine = angles[2 * pair];
            float sine = angles[2 * pair + 1];
            float rotated = even * cosine - odd * sine;
            odd = even * sine + odd * cosine;
            even = rotated;
        }
        if (kind == 0) {
            in[0] = even;
            if (last) {
                in[1] = odd;
            }
        } else {
            GLOBAL NUMBER *out = (kind == 1 ? keys : values) + to + 2 * pair;
            STORE(even, out);
            if (last) {
                STORE(odd, out + 1);
            }
        }
    }
}

// Softmax over all positions up to a token's own, a block at a time (Milakov and Gimelshein 2018; Dao et al. 2022).
// Groups of 64, one for each query head and token. Heads have at most 256 numbers.
KERNEL void LANES(64) PASTE(attend_, CACHE)(GLOBAL const float *queryKeyValue, GLOBAL const NUMBER *keys, GLOBAL const NUMBER *values,
        GLOBAL INPUT *attended, GLOBAL const int *step, int positionsAt, int startsAt, int tablesAt, int heads,
        int keyValueHeads, int headWidth, int stride, float scale) {
    LOCAL float q[256];
    LOCAL float scores[64];
    int head = GROUP_X;
    int token = GROUP_Y;
    int own = LANE % 32;
    int position = step[positionsAt + token];
    int table = tablesAt + step[startsAt + token];
    GLOBAL const float *query = queryKeyValue + ((long) token * (heads + 2 * keyValueHeads) + head) * headWidth;
    for (int i = LANE; i < headWidth; i += 64) {
        q[i] = query[i] * scale;
    }
    float largest = -INFINITY;
    float sum = 0;
    float sums[4];
    for (int j = 0; j < 4; j++) {
        sums[j] = 0;
    }
    for (int from = 0; from <= position; from += 32) {
        int visible = position + 1 - from < 32 ? position + 1 - from : 32;
        long block = ((long) step[table + from / 32] * keyValueHeads + head / (heads / keyValueHeads)) * 32 * headWidth;
        BARRIER();
        float score = 0;
        if (own < visible) {
            for (int i = LANE / 32; i < headWidth; i += 2) {
                score += q[i] * LOAD(keys + block + own * headWidth + i);
            }
        }
        scores[LANE] = score;
        BARRIER();
        float mine = own < visible ? scores[own] + scores[own + 32] : -INFINITY;
        BARRIER();
        scores[own] = mine;
        BARRIER();
        float larger = largest;
        for (int p = 0; p < visible; p++) {
            larger = larger < scores[p] ? scores[p] : larger;
        }
        float factor = EXP(largest - larger);
        largest = larger;
        BARRIER();
        scores[own] = EXP(mine - larger);
        BARRIER();
        sum *= factor;
        for (int j = 0; j < 4; j++) {
            sums[j] *= factor;
        }
        for (int p = 0; p < visible; p++) {
            float weight = scores[p];
            sum += weight;
            for (int j = 0; j < 4; j++) {
                int i = LANE + 64 * j;
                if (i < headWidth) {
                    sums[j] += weight * LOAD(values + block + p * headWidth + i);
                }
            }
        }
    }
    for (int j = 0; j < 4; j++) {
        int i = LANE + 64 * j;
        if (i < headWidth) {
            STORE_INPUT(sums[j] / sum, attended + (long) token * stride + head * headWidth + i);
        }
    }
}
#undef LOAD
#undef STORE
#undef NUMBER
