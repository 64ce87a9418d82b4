// Planes: nibbles of 64 weights in 32 bytes, in pieces of 16; 12 bytes a block of 256 with the scales and minima of 8 groups; the factors of both.
#define PLACE_Q4_K PLACE_IN_64
#define FETCHED_Q4_K 8
DEVICE void fetch_Q4_K(GLOBAL const uchar *tile, int row, int blocks, uint unit, uint *raw) {
    load16(PIECE(tile, unit, row, 16), raw);
    fetchScales(tile + 128 * TILE_ROWS * blocks, row, blocks, unit, raw + 4);
}

DEVICE void expand_Q4_K(const uint *raw, uint unit, PAIR *v) {
    PAIR scales[2];
    PAIR minima[2];
    expandScales(raw + 4, unit, scales, minima);
    uint none[4] = {0, 0, 0, 0};
    scaleNibbles(raw, none, none, scales[0], minima[0], scales[1], minima[1], v);
}
