// 32 weights: a scale, a minimum, then nibbles as in Q4_0; 20 bytes.
DEVICE void decode_Q4_1(GLOBAL const uchar *row, uint chunk, float *v) {
    GLOBAL const uchar *block = row + chunk / 4 * 20;
    float scale = LOAD_HALF(block);
    float minimum = LOAD_HALF(block + 2);
    uint shift = chunk % 4 / 2 * 4;
    uint codes[2];
    load8(block + 4 + chunk % 2 * CHUNK, codes);
    shiftBytes(codes, shift, 0x0f0f0f0fu);
    for (int i = 0; i < CHUNK; i++) {
        v[i] = scale * (float) byteOf(codes, i) + minimum;
    }
}
