// Planes: codes, a byte for weights 32 apart, in pieces of 8; 16 bytes a block of 256 with a group's scale and minimum each; the factors of both.
#define PLACE_Q2_K PLACE_APART
#define FETCHED_Q2_K 7
DEVICE void fetch_Q2_K(GLOBAL const uchar *tile, int row, int blocks, uint unit, uint *raw) {
    load8(PIECE(tile, unit, row, 8), raw);
    GLOBAL const uchar *scales = tile + 64 * TILE_ROWS * blocks;
    load16(PIECE(scales, unit / 8, row, 16), raw + 2);
    raw[6] = load4(PIECE(scales + 16 * TILE_ROWS * blocks, unit / 8, row, 4));
}

DEVICE void expand_Q2_K(const uint *raw, uint unit, PAIR *v) {
    float scaleFactor = halfOf(raw[6]);
    float minimumFactor = halfOf(raw[6] >> 16);
    uint half128 = unit % 8 / 4;
    for (int i = 0; i < 4; i++) {
        uint codes[2];
        codes[0] = raw[0] >> 2 * i & 0x03030303u;
        codes[1] = raw[1] >> 2 * i & 0x03030303u;
        // of the 16 bytes that of group 8 * half128 + 2 * i + unit % 4 / 2
        uint packed = (half128 ? raw[4 + i / 2] : raw[2 + i / 2]) >> (i % 2 * 2 + unit % 4 / 2) * 8 & 255u;
        scaleBytes(codes, both(scaleFactor * (float) (packed & 15u)), both(-minimumFactor * (float) (packed >> 4)), v + 4 * i);
    }
}
