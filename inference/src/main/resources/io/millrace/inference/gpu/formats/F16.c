// Pieces of 16 bytes.
#define PLACE_F16 PLACE_IN_ORDER
#define FETCHED_F16 16
DEVICE void fetch_F16(GLOBAL const uchar *tile, int row, int blocks, uint unit, uint *raw) {
    for (int i = 0; i < 4; i++) {
        load16(PIECE(tile, unit * 4 + i, row, 16), raw + 4 * i);
    }
}

DEVICE void expand_F16(const uint *raw, uint unit, PAIR *v) {
    for (int i = 0; i < 16; i++) {
        v[i] = pairOfHalves(raw[i]);
    }
}
