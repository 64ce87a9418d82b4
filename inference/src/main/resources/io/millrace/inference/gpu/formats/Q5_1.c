// 32 weights: a scale, a minimum, four bytes of fifth bits, then nibbles as in Q4_0; 24 bytes.
DEVICE void decode_Q5_1(GLOBAL const uchar *row, uint chunk, float *v) {
    GLOBAL const uchar *block = row + chunk / 4 * 24;
    float scale = LOAD_HALF(block);
    float minimum = LOAD_HALF(block + 2);
    uint fifth = load4(block + 4) >> chunk % 4 * CHUNK;
    uint shift = chunk % 4 / 2 * 4;
    uint codes[2];
    load8(block + 8 + chunk % 2 * CHUNK, codes);
    shiftBytes(codes, shift, 0x0f0f0f0fu);
    for (int i = 0; i < CHUNK; i++) {
        v[i] = scale * (float) (byteOf(codes, i) | (int) (fifth >> i & 1u) << 4) + minimum;
    }
}
