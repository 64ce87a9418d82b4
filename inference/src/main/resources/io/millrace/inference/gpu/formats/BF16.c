// Rows are as long as a multiple of 4.
DEVICE void decode_BF16(GLOBAL const uchar *row, uint chunk, float *v) {
    uint words[4];
    load8Aligned(row + 2 * CHUNK * chunk, words);
    load8Aligned(row + 2 * CHUNK * chunk + 8, words + 2);
    for (int i = 0; i < CHUNK; i++) {
        v[i] = AS_FLOAT(i % 2 ? words[i / 2] & 0xffff0000u : words[i / 2] << 16);
    }
}
