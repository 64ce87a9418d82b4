// 32 weights: a scale, four bytes of fifth bits, then nibbles as in Q4_0; 22 bytes.
DEVICE void decode_Q5_0(GLOBAL const uchar *row, uint chunk, float *v) {
    GLOBAL const uchar *block = row + chunk / 4 * 22;
    float scale = LOAD_HALF(block);
    uint fifth = load4(block + 2) >> chunk % 4 * CHUNK;
    uint shift = chunk % 4 / 2 * 4;
    uint codes[2];
    load8(block + 6 + chunk % 2 * CHUNK, codes);
    shiftBytes(codes, shift, 0x0f0f0f0fu);
    for (int i = 0; i < CHUNK; i++) {
        v[i] = scale * (float) ((byteOf(codes, i) | (int) (fifth >> i & 1u) << 4) - 16);
    }
}
