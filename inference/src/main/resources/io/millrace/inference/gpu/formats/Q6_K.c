// Planes: lower nibbles, weights 64 apart sharing a byte, in pieces of 16; upper two bits, weights 32 apart sharing a byte, in pieces of 16; 16 signed
// scales a block of 256; their factor.
#define PLACE_Q6_K PLACE_IN_128
#define FETCHED_Q6_K 10
DEVICE void fetch_Q6_K(GLOBAL const uchar *tile, int row, int blocks, uint unit, uint *raw) {
    load16(PIECE(tile, unit, row, 16), raw);
    GLOBAL const uchar *tops = tile + 128 * TILE_ROWS * blocks;
    load16(PIECE(tops, unit / 4 * 2 + unit % 2, row, 16), raw + 4);
    GLOBAL const uchar *scales = PIECE(tops + 64 * TILE_ROWS * blocks, unit / 8, row, 16) + unit % 8 / 4 * 8 + unit % 4;
    raw[8] = (uint) scales[0] | (uint) scales[4] << 8;
    raw[9] = load2(PIECE(tops + 80 * TILE_ROWS * blocks, unit / 8, row, 2));
}

DEVICE void expand_Q6_K(const uint *raw, uint unit, PAIR *v) {
    uint shift = unit % 4 / 2 * 2;
    uint low[4];
    uint high[4];
    for (int i = 0; i < 4; i++) {
        low[i] = (raw[4 + i] >> shift & 0x03030303u) << 4;
        high[i] = (raw[4 + i] >> shift + 4 & 0x03030303u) << 4;
    }
    float factor = halfOf(raw[9]);
    float lowScale = factor * (float) ((int) (raw[8] << 24) >> 24);
    float highScale = factor * (float) ((int) (raw[8] << 16) >> 24);
    scaleNibbles(raw, low, high, both(lowScale), both(-32 * lowScale), both(highScale), both(-32 * highScale), v);
}
