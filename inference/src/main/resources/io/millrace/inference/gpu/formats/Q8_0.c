// 32 weights: a scale, then signed bytes; 34 bytes.
DEVICE void decode_Q8_0(GLOBAL const uchar *row, uint chunk, float *v) {
    GLOBAL const uchar *block = row + chunk / 4 * 34;
    float scale = LOAD_HALF(block);
    uint codes[2];
    load8(block + 2 + chunk % 4 * CHUNK, codes);
    for (int i = 0; i < CHUNK; i++) {
        v[i] = scale * (float) ((int) (codes[i / 4] << (24 - 8 * (i % 4))) >> 24);
    }
}
