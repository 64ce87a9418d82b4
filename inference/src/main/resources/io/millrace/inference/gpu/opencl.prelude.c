// What the kernels are written in, as OpenCL C 1.2. Neither cl_khr_fp16 nor subgroups: halves are only stored.
#define KERNEL __kernel
#define LANES(count) __attribute__((reqd_work_group_size(count, 1, 1)))
#define LANES_IN_GROUPS(count, groups) LANES(count)
#define DEVICE static
#define GLOBAL __global
#define LOCAL __local
#define IN_LOCAL __local
#define RESTRICT restrict
#define UNROLL
#define UNROLL_BY_4
#define LANE ((int) get_local_id(0))
#define GROUP_X ((int) get_group_id(0))
#define GROUP_Y ((int) get_group_id(1))
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define LOAD_HALF(p) vload_half(0, (GLOBAL const half *) (p))
#define STORE_HALF(value, p) vstore_half(clamp((float) (value), -65504.0f, 65504.0f), 0, (GLOBAL half *) (p))
#define AS_FLOAT(bits) as_float(bits)
#define AS_UINT(value) as_uint(value)
#define ATOMIC_ADD(p, value) atomic_add((volatile LOCAL uint *) (p), value)
#define AWAIT_EARLIER()
#define EXP(x) exp(x)
#define RSQRT(x) (1.0f / sqrt(x))

// Two numbers side by side.
typedef float2 PAIR;
// Eight numbers.
typedef float8 CHUNK;
// What products take in.
typedef float INPUT;
#define STORE_INPUT(value, p) (*(p) = (value))
#define LOAD_INPUTS(p) (*(GLOBAL const float8 *) (p))

DEVICE PAIR pairOf(float first, float second) {
    return (float2) (first, second);
}

DEVICE PAIR both(float value) {
    return (float2) (value, value);
}

DEVICE PAIR bothFirst(PAIR pair) {
    return pair.xx;
}

DEVICE PAIR bothSecond(PAIR pair) {
    return pair.yy;
}

DEVICE PAIR pairOfHalves(uint bits) {
    return vload_half2(0, (const __private half *) &bits);
}

DEVICE float halfOf(uint bits) {
    ushort own = (ushort) bits;
    return vload_half(0, (const __private half *) &own);
}

DEVICE float firstOf(PAIR pair) {
    return pair.x;
}

DEVICE float secondOf(PAIR pair) {
    return pair.y;
}

// Bytes 0 and 1 of a word, or 2 and 3.
DEVICE PAIR lowerBytes(uint word) {
    return (float2) ((float) (word & 255u), (float) (word >> 8 & 255u));
}

DEVICE PAIR upperBytes(uint word) {
    return (float2) ((float) (word >> 16 & 255u), (float) (word >> 24));
}

DEVICE PAIR scaled(PAIR pair, PAIR scale, PAIR offset) {
    return pair * scale + offset;
}

// 16 bytes that nobody reads again.
DEVICE uint4 loadOnce(GLOBAL const uchar *p) {
    return *(GLOBAL const uint4 *) p;
}

DEVICE void unpack(CHUNK chunk, PAIR *pairs) {
    pairs[0] = chunk.s01;
    pairs[1] = chunk.s23;
    pairs[2] = chunk.s45;
    pairs[3] = chunk.s67;
}

DEVICE CHUNK pack(const PAIR *pairs) {
    return (float8) (pairs[0], pairs[1], pairs[2], pairs[3]);
}

DEVICE CHUNK loadChunk(GLOBAL const ushort *halves) {
    return vload_half8(0, (GLOBAL const half *) halves);
}

DEVICE CHUNK noChunk() {
    return (float8) (0);
}

// The sum over each 32 lanes in a row, for all of them. All lanes of the group call it.
DEVICE float sum32(float value, LOCAL float *scratch) {
    scratch[LANE] = value;
    BARRIER();
    for (int step = 16; step > 0; step /= 2) {
        if (LANE % 32 < step) {
            scratch[LANE] += scratch[LANE + step];
        }
        BARRIER();
    }
    float sum = scratch[LANE / 32 * 32];
    BARRIER();
    return sum;
}
