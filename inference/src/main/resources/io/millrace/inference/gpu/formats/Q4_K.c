// 256 weights: the factors of scales and of minima, 12 bytes of both, then nibbles, those of 64 weights in 32 bytes;
// 144 bytes.
DEVICE void decode_Q4_K(GLOBAL const uchar *row, uint chunk, float *v) {
    GLOBAL const uchar *block = row + chunk / 32 * 144;
    uint first = chunk % 32 * CHUNK;
    uint group = first / 32;
    float scale;
    float minimum;
    sixBitScales(block + 4, group, &scale, &minimum);
    scale *= LOAD_HALF(block);
    minimum *= LOAD_HALF(block + 2);
    uint shift = group % 2 * 4;
    uint codes[2];
    load8Aligned(block + 16 + group / 2 * 32 + first % 32, codes);
    shiftBytes(codes, shift, 0x0f0f0f0fu);
    for (int i = 0; i < CHUNK; i++) {
        v[i] = scale * (float) byteOf(codes, i) - minimum;
    }
}
