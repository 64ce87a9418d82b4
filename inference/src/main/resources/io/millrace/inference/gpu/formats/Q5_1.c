// Planes: 16 bytes a block, as in Q4_0; 4 bytes of fifth bits; scales and minima.
#define PLACE_Q5_1 PLACE_IN_ORDER
#define FETCHED_Q5_1 6
DEVICE void fetch_Q5_1(GLOBAL const uchar *tile, int row, int blocks, uint unit, uint *raw) {
    load16(PIECE(tile, unit, row, 16), raw);
    raw[4] = load4(PIECE(tile + 16 * TILE_ROWS * blocks, unit, row, 4));
    raw[5] = load4(PIECE(tile + 20 * TILE_ROWS * blocks, unit, row, 4));
}

DEVICE void expand_Q5_1(const uint *raw, uint unit, PAIR *v) {
    PAIR scaleAndMinimum = pairOfHalves(raw[5]);
    PAIR scales = bothFirst(scaleAndMinimum);
    PAIR minima = bothSecond(scaleAndMinimum);
    uint low[4];
    uint high[4];
    spreadFifths(raw[4], low, high);
    scaleNibbles(raw, low, high, scales, minima, scales, minima, v);
}
