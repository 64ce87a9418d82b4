// As Q4_K, with 32 bytes of fifth bits, a bit for each group, before the nibbles; 176 bytes.
DEVICE void decode_Q5_K(GLOBAL const uchar *row, int chunk, float *v) {
    GLOBAL const uchar *block = row + chunk / 32 * 176;
    int first = chunk % 32 * CHUNK;
    int group = first / 32;
    float scale;
    float minimum;
    sixBitScales(block + 4, group, &scale, &minimum);
    scale *= LOAD_HALF(block);
    minimum *= LOAD_HALF(block + 2);
    int shift = group % 2 * 4;
    uint codes[2];
    uint fifth[2];
    load8Aligned(block + 48 + group / 2 * 32 + first % 32, codes);
    load8Aligned(block + 16 + first % 32, fifth);
    for (int i = 0; i < CHUNK; i++) {
        int code = byteOf(codes, i) >> shift & 15 | (byteOf(fifth, i) >> group & 1) << 4;
        v[i] = scale * (float) code - minimum;
    }
}
