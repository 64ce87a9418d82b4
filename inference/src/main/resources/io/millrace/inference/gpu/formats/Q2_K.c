// 256 weights: 16 bytes with a group's scale and minimum each, 64 bytes of codes, a byte for weights 32 apart, then the
// factors of scales and of minima; 84 bytes.
DEVICE void decode_Q2_K(GLOBAL const uchar *row, uint chunk, float *v) {
    GLOBAL const uchar *block = row + chunk / 32 * 84;
    uint first = chunk % 32 * CHUNK;
    int packed = block[first / 16];
    float scale = LOAD_HALF(block + 80) * (float) (packed & 15);
    float minimum = LOAD_HALF(block + 82) * (float) (packed >> 4);
    uint shift = 2 * (first % 128 / 32);
    uint codes[2];
    load8(block + 16 + first / 128 * 32 + first % 32, codes);
    shiftBytes(codes, shift, 0x03030303u);
    for (int i = 0; i < CHUNK; i++) {
        v[i] = scale * (float) byteOf(codes, i) - minimum;
    }
}
