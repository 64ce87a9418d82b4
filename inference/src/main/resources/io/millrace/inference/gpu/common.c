// Weights are decoded by chunks of 8 that stand in a row. A format's decode_TYPE(row, chunk, v) writes the weights
// 8 * chunk and following of the row that begins at a pointer. Groups with a scale of their own hold whole chunks.
#define CHUNK 8
#define PASTE_EXPANDED(a, b) a##b
#define PASTE(a, b) PASTE_EXPANDED(a, b)

// Four bytes in a row, the first lowest, from an even address.
DEVICE uint load4(GLOBAL const uchar *p) {
    GLOBAL const ushort *halves = (GLOBAL const ushort *) p;
    return (uint) halves[0] | (uint) halves[1] << 16;
}

// Eight bytes in a row, likewise.
DEVICE void load8(GLOBAL const uchar *p, uint *words) {
    words[0] = load4(p);
    words[1] = load4(p + 4);
}

// Eight bytes in a row, from an address that 8 divides.
DEVICE void load8Aligned(GLOBAL const uchar *p, uint *words) {
    uint2 pair = *(GLOBAL const uint2 *) p;
    words[0] = pair.x;
    words[1] = pair.y;
}

// Eight numbers in a row, from an address that 16 divides.
DEVICE void loadFloats(GLOBAL const float *p, float *v) {
    float4 first = ((GLOBAL const float4 *) p)[0];
    float4 second = ((GLOBAL const float4 *) p)[1];
    v[0] = first.x;
    v[1] = first.y;
    v[2] = first.z;
    v[3] = first.w;
    v[4] = second.x;
    v[5] = second.y;
    v[6] = second.z;
    v[7] = second.w;
}

// The numbers of a row's end, and 0 behind it.
DEVICE void loadFirst(GLOBAL const float *p, int count, float *v) {
    for (int i = 0; i < CHUNK; i++) {
        v[i] = i < count ? p[i] : 0;
    }
}

DEVICE void keepFirst(float *v, int count) {
    for (int i = 0; i < CHUNK; i++) {
        v[i] = i < count ? v[i] : 0;
    }
}

// Takes the same bits of each byte down.
DEVICE void shiftBytes(uint *words, uint shift, uint mask) {
    words[0] = words[0] >> shift & mask;
    words[1] = words[1] >> shift & mask;
}

DEVICE int byteOf(const uint *words, int i) {
    return (int) (words[i / 4] >> 8 * (i % 4) & 255u);
}

// The scale and the minimum of one of eight groups, in 6 bits each, out of the 12 bytes of Q4_K and Q5_K.
DEVICE void sixBitScales(GLOBAL const uchar *packed, uint group, float *scale, float *minimum) {
    uint own = group % 4;
    int low = packed[own];
    int high = packed[own + 4];
    int codes = packed[own + 8];
    *scale = group < 4 ? low & 63 : (codes & 15) | low >> 6 << 4;
    *minimum = group < 4 ? high & 63 : codes >> 4 | high >> 6 << 4;
}
