// Pieces of 16 bytes.
#define PLACE_F32 PLACE_IN_ORDER
#define FETCHED_F32 32
DEVICE void fetch_F32(GLOBAL const uchar *tile, int row, int blocks, uint unit, uint *raw) {
    for (int i = 0; i < 8; i++) {
        load16(PIECE(tile, unit * 8 + i, row, 16), raw + 4 * i);
    }
}

DEVICE void expand_F32(const uint *raw, uint unit, PAIR *v) {
    for (int i = 0; i < 16; i++) {
        v[i] = pairOf(AS_FLOAT(raw[2 * i]), AS_FLOAT(raw[2 * i + 1]));
    }
}
