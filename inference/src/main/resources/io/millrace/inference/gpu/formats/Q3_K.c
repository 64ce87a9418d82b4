// 256 weights: 32 bytes of upper bits, a bit for each 32 weights, 64 bytes of lower codes as in Q2_K, 12 bytes with
// sixteen scales, their factor; 110 bytes.
DEVICE void decode_Q3_K(GLOBAL const uchar *row, uint chunk, float *v) {
    GLOBAL const uchar *block = row + chunk / 32 * 110;
    uint first = chunk % 32 * CHUNK;
    uint group = first / 16;
    int low = block[96 + group % 8] >> group / 8 * 4 & 15;
    int high = block[104 + group % 4] >> 2 * (group / 4) & 3;
    float scale = LOAD_HALF(block + 108) * (float) ((low | high << 4) - 32);
    uint shift = 2 * (first % 128 / 32);
    uint bit = first / 32;
    uint codes[2];
    uint upper[2];
    load8(block + 32 + first / 128 * 32 + first % 32, codes);
    shiftBytes(codes, shift, 0x03030303u);
    load8(block + first % 32, upper);
    shiftBytes(upper, bit, 0x01010101u);
    for (int i = 0; i < CHUNK; i++) {
        v[i] = scale * (float) (byteOf(codes, i) + byteOf(upper, i) * 4 - 4);
    }
}
