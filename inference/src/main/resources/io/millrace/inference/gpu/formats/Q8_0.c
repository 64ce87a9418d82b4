// Planes: signed bytes, in pieces of 16; scales.
#define PLACE_Q8_0 PLACE_IN_ORDER
#define FETCHED_Q8_0 9
DEVICE void fetch_Q8_0(GLOBAL const uchar *tile, int row, int blocks, uint unit, uint *raw) {
    load16(PIECE(tile, unit * 2, row, 16), raw);
    load16(PIECE(tile, unit * 2 + 1, row, 16), raw + 4);
    raw[8] = load2(PIECE(tile + 32 * TILE_ROWS * blocks, unit, row, 2));
}

DEVICE void expand_Q8_0(const uint *raw, uint unit, PAIR *v) {
    float scale = halfOf(raw[8]);
    PAIR scales = both(scale);
    PAIR offsets = both(-128 * scale);
    for (int i = 0; i < 4; i++) {
        uint words[2];
        words[0] = raw[2 * i] ^ 0x80808080u;
        words[1] = raw[2 * i + 1] ^ 0x80808080u;
        scaleBytes(words, scales, offsets, v + 4 * i);
    }
}
