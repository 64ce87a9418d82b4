// Weights are decoded by units of 32 of a row, as 16 pairs: a format's fetch_TYPE(tile, row, blocks, unit, raw) reads a unit's FETCHED_TYPE words, and
// expand_TYPE(raw, unit, v) makes pairs of them, so that others can be read meanwhile. PLACE_TYPE(unit, chunk) is where each of its four chunks of 8 stands
// in the row, counted in chunks.
// Rows lie woven in tiles of 16, and in planes, one for each part of the file's blocks, such as codes and scales: a plane has a piece of each of the 16
// rows, then the next piece of each, so that lanes with rows side by side read side by side.
#define PASTE_EXPANDED(a, b) a##b
#define PASTE(a, b) PASTE_EXPANDED(a, b)
#define UNIT 32
#define TILE_ROWS 16
// A piece of some bytes in its plane.
#define PIECE(plane, index, row, bytes) ((plane) + ((index) * TILE_ROWS + (row)) * (bytes))

// Units one behind the other, which is as a block's weights stand where its 16 bytes have lower nibbles for the first half.
#define PLACE_IN_ORDER(unit, chunk) ((unit) * 4 + (chunk))
// 16 bytes hold 16 weights, and those 32 behind them.
#define PLACE_IN_64(unit, chunk) ((unit) / 2 * 8 + (unit) % 2 * 2 + (chunk) / 2 * 4 + (chunk) % 2)
// 16 bytes hold 16 weights, and those 64 behind them.
#define PLACE_IN_128(unit, chunk) ((unit) / 4 * 16 + (unit) % 4 * 2 + (chunk) / 2 * 8 + (chunk) % 2)
// 8 weights, and thrice those 32 behind them.
#define PLACE_APART(unit, chunk) ((unit) / 4 * 16 + (chunk) * 4 + (unit) % 4)

DEVICE void load16(GLOBAL const uchar *p, uint *words) {
    uint4 four = loadOnce(p);
    words[0] = four.x;
    words[1] = four.y;
    words[2] = four.z;
    words[3] = four.w;
}

DEVICE void load8(GLOBAL const uchar *p, uint *words) {
    uint2 two = *(GLOBAL const uint2 *) p;
    words[0] = two.x;
    words[1] = two.y;
}

DEVICE uint load4(GLOBAL const uchar *p) {
    return *(GLOBAL const uint *) p;
}

DEVICE uint load2(GLOBAL const uchar *p) {
    return *(GLOBAL const ushort *) p;
}

// Eight bytes, each times a scale and plus an offset.
DEVICE void scaleBytes(const uint *words, PAIR scales, PAIR offsets, PAIR *v) {
    v[0] = scaled(lowerBytes(words[0]), scales, offsets);
    v[1] = scaled(upperBytes(words[0]), scales, offsets);
    v[2] = scaled(lowerBytes(words[1]), scales, offsets);
    v[3] = scaled(upperBytes(words[1]), scales, offsets);
}

// Sixteen bytes' lower nibbles, then the upper ones, with further bits on top of each, then scaled.
DEVICE void scaleNibbles(const uint *codes, const uint *lowTops, const uint *highTops, PAIR lowScales, PAIR lowOffsets,
        PAIR highScales, PAIR highOffsets, PAIR *v) {
    uint low[4];
    uint high[4];
    for (int i = 0; i < 4; i++) {
        low[i] = codes[i] & 0x0f0f0f0fu | lowTops[i];
        high[i] = codes[i] >> 4 & 0x0f0f0f0fu | highTops[i];
    }
    scaleBytes(low, lowScales, lowOffsets, v);
    scaleBytes(low + 2, lowScales, lowOffsets, v + 4);
    scaleBytes(high, highScales, highOffsets, v + 8);
    scaleBytes(high + 2, highScales, highOffsets, v + 12);
}

// Four bits, each in a byte of its own, as that byte's fifth: a multiplication copies them to where they stand apart.
DEVICE uint fifthBits(uint bits) {
    return ((bits & 15u) * 0x00204081u & 0x01010101u) << 4;
}

// 16 fifth bits, then 16 more, on top of a block's 16 bytes of nibbles.
DEVICE void spreadFifths(uint fifths, uint *low, uint *high) {
    for (int i = 0; i < 4; i++) {
        low[i] = fifthBits(fifths >> 4 * i);
        high[i] = fifthBits(fifths >> (16 + 4 * i));
    }
}

// The scale and the minimum of one of eight groups, in 6 bits each, out of the 12 bytes of Q4_K and Q5_K.
DEVICE void sixBitScales(const uint *packed, uint group, float *scale, float *minimum) {
    uint shift = group % 4 * 8;
    uint low = packed[0] >> shift;
    uint high = packed[1] >> shift;
    uint codes = packed[2] >> shift;
    *scale = (float) (group < 4 ? low & 63u : codes & 15u | low >> 2 & 48u);
    *minimum = (float) (group < 4 ? high & 63u : codes >> 4 & 15u | high >> 2 & 48u);
}

// A block's planes of Q4_K and Q5_K behind the codes: 12 bytes with the scales and minima of 8 groups, and the factors of both.
DEVICE void fetchScales(GLOBAL const uchar *planes, int row, int blocks, uint unit, uint *raw) {
    for (int i = 0; i < 3; i++) {
        raw[i] = load4(PIECE(planes, unit / 8, row, 12) + 4 * i);
    }
    raw[3] = load4(PIECE(planes + 12 * TILE_ROWS * blocks, unit / 8, row, 4));
}

// What the weights of a unit's two groups are multiplied with, and what is added to them.
DEVICE void expandScales(const uint *raw, uint unit, PAIR *scales, PAIR *minima) {
    for (uint i = 0; i < 2; i++) {
        float scale;
        float minimum;
        sixBitScales(raw, unit % 8 / 2 * 2 + i, &scale, &minimum);
        scales[i] = both(scale * halfOf(raw[3]));
        minima[i] = both(-minimum * halfOf(raw[3] >> 16));
    }
}

// Swish.
DEVICE float gate(float x) {
    return x / (1.0f + EXP(-x));
}
