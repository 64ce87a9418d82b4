// As Q4_K, with 32 bytes of fifth bits, a bit for each group, before the nibbles; 176 bytes.
DEVICE void decode_Q5_K(GLOBAL const uchar *row, uint chunk, float *v) {
    GLOBAL const uchar *block = row + chunk / 32 * 176;
    uint first = chunk % 32 * CHUNK;
    uint group = first / 32;
    float scale;
    float minimum;
    sixBitScales(block + 4, group, &scale, &minimum);
    scale *= LOAD_HALF(block);
    minimum *= LOAD_HALF(block + 2);
    uint shift = group % 2 * 4;
    uint codes[2];
    uint fifth[2];
    load8Aligned(block + 48 + group / 2 * 32 + first % 32, codes);
    shiftBytes(codes, shift, 0x0f0f0f0fu);
    load8Aligned(block + 16 + first % 32, fifth);
    shiftBytes(fifth, group, 0x01010101u);
    for (int i = 0; i < CHUNK; i++) {
        int code = byteOf(codes, i) | byteOf(fifth, i) << 4;
        v[i] = scale * (float) code - minimum;
    }
}
