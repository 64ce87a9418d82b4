// Planes: lower codes as in Q2_K; upper bits, a bit for each 32 weights, in pieces of 8; 12 bytes a block of 256 with sixteen scales; their factor.
#define PLACE_Q3_K PLACE_APART
#define FETCHED_Q3_K 8
DEVICE void fetch_Q3_K(GLOBAL const uchar *tile, int row, int blocks, uint unit, uint *raw) {
    load8(PIECE(tile, unit, row, 8), raw);
    GLOBAL const uchar *tops = tile + 64 * TILE_ROWS * blocks;
    load8(PIECE(tops, unit / 8 * 4 + unit % 4, row, 8), raw + 2);
    GLOBAL const uchar *scales = tops + 32 * TILE_ROWS * blocks;
    for (int i = 0; i < 3; i++) {
        raw[4 + i] = load4(PIECE(scales, unit / 8, row, 12) + 4 * i);
    }
    raw[7] = load2(PIECE(scales + 12 * TILE_ROWS * blocks, unit / 8, row, 2));
}

DEVICE void expand_Q3_K(const uint *raw, uint unit, PAIR *v) {
    float factor = halfOf(raw[7]);
    uint half128 = unit % 8 / 4;
    for (uint i = 0; i < 4; i++) {
        uint codes[2];
        for (int j = 0; j < 2; j++) {
            codes[j] = raw[j] >> 2 * i & 0x03030303u | (raw[2 + j] >> 4 * half128 + i & 0x01010101u) << 2;
        }
        // group 8 * half128 + in: its lower four bits are a nibble of byte in, its upper two are in byte 8 + in % 4
        uint in = 2 * i + unit % 4 / 2;
        uint lower = raw[4 + i / 2] >> in % 4 * 8 + half128 * 4 & 15u;
        uint upper = raw[6] >> in % 4 * 8 + 2 * (2 * half128 + i / 2) & 3u;
        float scale = factor * (float) ((int) (lower | upper << 4) - 32);
        scaleBytes(codes, both(scale), both(-4 * scale), v + 4 * i);
    }
}
