// Planes: as Q4_K, with 32 bytes of fifth bits a block of 256 behind the nibbles, in pieces of 16, a bit of each byte for each group.
#define PLACE_Q5_K PLACE_IN_64
#define FETCHED_Q5_K 12
DEVICE void fetch_Q5_K(GLOBAL const uchar *tile, int row, int blocks, uint unit, uint *raw) {
    load16(PIECE(tile, unit, row, 16), raw);
    load16(PIECE(tile + 128 * TILE_ROWS * blocks, unit / 8 * 2 + unit % 2, row, 16), raw + 8);
    fetchScales(tile + 160 * TILE_ROWS * blocks, row, blocks, unit, raw + 4);
}

DEVICE void expand_Q5_K(const uint *raw, uint unit, PAIR *v) {
    PAIR scales[2];
    PAIR minima[2];
    expandScales(raw + 4, unit, scales, minima);
    uint low[4];
    uint high[4];
    for (int i = 0; i < 4; i++) {
        uint bits = raw[8 + i] >> unit % 8 / 2 * 2;
        low[i] = (bits & 0x01010101u) << 4;
        high[i] = (bits >> 1 & 0x01010101u) << 4;
    }
    scaleNibbles(raw, low, high, scales[0], minima[0], scales[1], minima[1], v);
}
