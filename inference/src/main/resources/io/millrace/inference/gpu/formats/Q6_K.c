// 256 weights: 128 bytes of lower nibbles, weights 64 apart sharing a byte, 64 bytes of upper two bits, those of weights
// 32 apart sharing a byte, 16 signed scales, their factor; 210 bytes.
DEVICE void decode_Q6_K(GLOBAL const uchar *row, uint chunk, float *v) {
    GLOBAL const uchar *block = row + chunk / 32 * 210;
    uint first = chunk % 32 * CHUNK;
    uint part = first % 128 / 32;
    int scaleCode = block[192 + first / 16];
    float scale = LOAD_HALF(block + 208) * (float) (scaleCode < 128 ? scaleCode : scaleCode - 256);
    uint codes[2];
    uint upper[2];
    load8(block + first / 128 * 64 + part % 2 * 32 + first % 32, codes);
    shiftBytes(codes, part / 2 * 4, 0x0f0f0f0fu);
    load8(block + 128 + first / 128 * 32 + first % 32, upper);
    shiftBytes(upper, 2 * part, 0x03030303u);
    for (int i = 0; i < CHUNK; i++) {
        int code = byteOf(codes, i) | byteOf(upper, i) << 4;
        v[i] = scale * (float) (code - 32);
    }
}
