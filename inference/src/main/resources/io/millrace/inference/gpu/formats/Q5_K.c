// Planes: as Q4_K, with 32 bytes of fifth bits a block of 256 behind the nibbles, in pieces of 16, a bit of each byte for each group.
#define PLACE_Q5_K PLACE_IN_64
#define FETCHED_Q5_K 12
DEVICE void fetch_Q5_K(GLOBAL const uchar *tile, int row, int blocks, uint unit, uint *raw) {
    load16(PIECE(tile, unit, row, 16), raw);
    load16(PIECE(tile + 128 * TILE_ROWS * blocks, unit / 8 * 2 + unit % 2, row, 16), raw + 8);
    GLOBAL const uchar *scales = tile + 160 * TILE_ROWS * blocks;
    for (int i = 0; i < 3; i++) {
        raw[4 + i] = load4(PIECE(scales, unit / 8, row, 12) + 4 * i);
    }
    raw[7] = load4(PIECE(scales + 12 * TILE_ROWS * blocks, unit / 8, row, 4));
}

DEVICE void expand_Q5_K(const uint *raw, uint unit, PAIR *v) {
    float scale[2];
    float minimum[2];
    for (uint i = 0; i < 2; i++) {
        sixBitScales(raw + 4, unit % 8 / 2 * 2 + i, scale + i, minimum + i);
        scale[i] *= halfOf(raw[7]);
        minimum[i] *= -halfOf(raw[7] >> 16);
    }
    uint low[4];
    uint high[4];
    for (int i = 0; i < 4; i++) {
        uint bits = raw[8 + i] >> unit % 8 / 2 * 2;
        low[i] = (bits & 0x01010101u) << 4;
        high[i] = (bits >> 1 & 0x01010101u) << 4;
    }
    scaleNibbles(raw, low, high, both(scale[0]), both(minimum[0]), both(scale[1]), both(minimum[1]), v);
}
