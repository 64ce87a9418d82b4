// Planes: nibbles of 64 weights in 32 bytes, in pieces of 16; 12 bytes a block of 256 with the scales and minima of 8 groups; the factors of both.
#define PLACE_Q4_K PLACE_IN_64
#define FETCHED_Q4_K 8
DEVICE void fetch_Q4_K(GLOBAL const uchar *tile, int row, int blocks, uint unit, uint *raw) {
    load16(PIECE(tile, unit, row, 16), raw);
    GLOBAL const uchar *scales = tile + 128 * TILE_ROWS * blocks;
    for (int i = 0; i < 3; i++) {
        raw[4 + i] = load4(PIECE(scales, unit / 8, row, 12) + 4 * i);
    }
    raw[7] = load4(PIECE(scales + 12 * TILE_ROWS * blocks, unit / 8, row, 4));
}

DEVICE void expand_Q4_K(const uint *raw, uint unit, PAIR *v) {
    float scale[2];
    float minimum[2];
    for (uint i = 0; i < 2; i++) {
        sixBitScales(raw + 4, unit % 8 / 2 * 2 + i, scale + i, minimum + i);
        scale[i] *= halfOf(raw[7]);
        minimum[i] *= -halfOf(raw[7] >> 16);
    }
    uint none[4] = {0, 0, 0, 0};
    scaleNibbles(raw, none, none, both(scale[0]), both(minimum[0]), both(scale[1]), both(minimum[1]), v);
}
