// Planes: 16 bytes a block, the lower nibbles for its first 16 weights; scales.
#define PLACE_Q4_0 PLACE_IN_ORDER
#define FETCHED_Q4_0 5
DEVICE void fetch_Q4_0(GLOBAL const uchar *tile, int row, int blocks, uint unit, uint *raw) {
    load16(PIECE(tile, unit, row, 16), raw);
    raw[4] = load2(PIECE(tile + 16 * TILE_ROWS * blocks, unit, row, 2));
}

DEVICE void expand_Q4_0(const uint *raw, uint unit, PAIR *v) {
    float scale = halfOf(raw[4]);
    uint none[4] = {0, 0, 0, 0};
    scaleNibbles(raw, none, none, both(scale), both(-8 * scale), both(scale), both(-8 * scale), v);
}
