// 32 weights: a scale, then 16 bytes, the lower nibbles for the first 16 weights; 18 bytes.
DEVICE void decode_Q4_0(GLOBAL const uchar *row, uint chunk, float *v) {
    GLOBAL const uchar *block = row + chunk / 4 * 18;
    float scale = LOAD_HALF(block);
    uint shift = chunk % 4 / 2 * 4;
    uint codes[2];
    load8(block + 2 + chunk % 2 * CHUNK, codes);
    shiftBytes(codes, shift, 0x0f0f0f0fu);
    for (int i = 0; i < CHUNK; i++) {
        v[i] = scale * (float) (byteOf(codes, i) - 8);
    }
}
