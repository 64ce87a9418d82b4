// Planes: 16 bytes a block, as in Q4_0; scales and minima.
#define PLACE_Q4_1 PLACE_IN_ORDER
#define FETCHED_Q4_1 5
DEVICE void fetch_Q4_1(GLOBAL const uchar *tile, int row, int blocks, uint unit, uint *raw) {
    load16(PIECE(tile, unit, row, 16), raw);
    raw[4] = load4(PIECE(tile + 16 * TILE_ROWS * blocks, unit, row, 4));
}

DEVICE void expand_Q4_1(const uint *raw, uint unit, PAIR *v) {
    PAIR scaleAndMinimum = pairOfHalves(raw[4]);
    PAIR scales = bothFirst(scaleAndMinimum);
    PAIR minima = bothSecond(scaleAndMinimum);
    uint none[4] = {0, 0, 0, 0};
    scaleNibbles(raw, none, none, scales, minima, scales, minima, v);
}
