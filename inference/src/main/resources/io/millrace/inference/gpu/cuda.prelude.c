// What the kernels are written in, as CUDA C++. No header: what halves take is one instruction each.
typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
#define KERNEL extern "C" __global__
#define LANES(count) __launch_bounds__(count)
// So many lanes a group, and room for so many groups at least on a multiprocessor.
#define LANES_IN_GROUPS(count, groups) __launch_bounds__(count, groups)
#define DEVICE static __device__ __forceinline__
#define GLOBAL
#define LOCAL __shared__
#define IN_LOCAL
// Of what nobody writes while a kernel runs, nor the one before it, which may still run when this one begins.
#define RESTRICT __restrict__
#define UNROLL _Pragma("unroll")
#define UNROLL_BY_4 _Pragma("unroll 4")
#define LANE ((int) threadIdx.x)
#define GROUP_X ((int) blockIdx.x)
#define GROUP_Y ((int) blockIdx.y)
#define BARRIER() __syncthreads()
#define STORE_HALF(value, p) storeHalf(value, p)
#define AS_FLOAT(bits) __uint_as_float(bits)
#define AS_UINT(value) __float_as_uint(value)
#define ATOMIC_ADD(p, value) atomicAdd(p, value)
// Whatever was queued before is done behind this; what comes next may begin, and wait in turn.
#if __CUDA_ARCH__ >= 900
#define AWAIT_EARLIER() asm volatile("griddepcontrol.launch_dependents; griddepcontrol.wait;" ::: "memory")
#else
#define AWAIT_EARLIER()
#endif
#define EXP(x) __expf(x)
#define RSQRT(x) (1.0f / sqrtf(x))

// Two numbers side by side, as matrix units take them: halves, the first one lower.
typedef uint PAIR;
// Eight numbers.
typedef uint4 CHUNK;
// What products take in.
typedef ushort INPUT;
#define STORE_INPUT(value, p) storeHalf(value, p)
#define LOAD_INPUTS(p) loadChunk(p)

DEVICE float halfOf(uint bits) {
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"((ushort) bits));
    return value;
}

DEVICE ushort roundedToHalf(float value) {
    ushort bits;
    // what is larger than halves go would become infinite, and nothing else is left of it then
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(fminf(fmaxf(value, -65504.0f), 65504.0f)));
    return bits;
}

DEVICE void storeHalf(float value, void *p) {
    *(ushort *) p = roundedToHalf(value);
}

DEVICE PAIR pairOf(float first, float second) {
    return (uint) roundedToHalf(first) | (uint) roundedToHalf(second) << 16;
}

DEVICE PAIR both(float value) {
    uint bits;
    asm("{\n .reg .b16 h;\n cvt.rn.f16.f32 h, %1;\n mov.b32 %0, {h, h};\n}" : "=r"(bits) : "f"(value));
    return bits;
}

DEVICE PAIR bothFirst(PAIR pair) {
    return __byte_perm(pair, 0, 0x1010);
}

DEVICE PAIR bothSecond(PAIR pair) {
    return __byte_perm(pair, 0, 0x3232);
}

DEVICE PAIR pairOfHalves(uint bits) {
    return bits;
}

DEVICE float firstOf(PAIR pair) {
    return halfOf(pair & 0xffffu);
}

DEVICE float secondOf(PAIR pair) {
    return halfOf(pair >> 16);
}

// Bytes 0 and 1 of a word, or 2 and 3. The half 1024 has room for a byte in its lowest bits.
DEVICE PAIR lowerBytes(uint word) {
    uint pair = __byte_perm(word, 0x64u, 0x4140);
    asm("sub.f16x2 %0, %1, %2;" : "=r"(pair) : "r"(pair), "r"(0x64006400u));
    return pair;
}

DEVICE PAIR upperBytes(uint word) {
    uint pair = __byte_perm(word, 0x64u, 0x4342);
    asm("sub.f16x2 %0, %1, %2;" : "=r"(pair) : "r"(pair), "r"(0x64006400u));
    return pair;
}

DEVICE PAIR scaled(PAIR pair, PAIR scale, PAIR offset) {
    asm("fma.rn.f16x2 %0, %1, %2, %3;" : "=r"(pair) : "r"(pair), "r"(scale), "r"(offset));
    return pair;
}

// 16 bytes that nobody reads again.
DEVICE uint4 loadOnce(const uchar *p) {
#if __CUDA_ARCH__ >= 900
    uint4 four;
    asm volatile("ld.global.nc.L1::no_allocate.L2::128B.v4.u32 {%0, %1, %2, %3}, [%4];"
        : "=r"(four.x), "=r"(four.y), "=r"(four.z), "=r"(four.w) : "l"(p));
    return four;
#else
    return *(const uint4 *) p;
#endif
}

DEVICE void unpack(CHUNK chunk, PAIR *pairs) {
    pairs[0] = chunk.x;
    pairs[1] = chunk.y;
    pairs[2] = chunk.z;
    pairs[3] = chunk.w;
}

DEVICE CHUNK pack(const PAIR *pairs) {
    return make_uint4(pairs[0], pairs[1], pairs[2], pairs[3]);
}

DEVICE CHUNK loadChunk(const ushort *halves) {
    return *(const uint4 *) halves;
}

DEVICE CHUNK noChunk() {
    return make_uint4(0, 0, 0, 0);
}

// The sum over each 32 lanes in a row, for all of them. All lanes of the group call it.
DEVICE float sum32(float value, float *) {
    for (int step = 16; step > 0; step /= 2) {
        value += __shfl_xor_sync(0xffffffffu, value, step);
    }
    return value;
}

// Likewise over each 4 lanes in a row.
DEVICE float sum4(float value, PAIR *) {
    value += __shfl_xor_sync(0xffffffffu, value, 1);
    return value + __shfl_xor_sync(0xffffffffu, value, 2);
}

DEVICE float largest4(float value, PAIR *) {
    value = fmaxf(value, __shfl_xor_sync(0xffffffffu, value, 1));
    return fmaxf(value, __shfl_xor_sync(0xffffffffu, value, 2));
}

// What emulated matrix units need is not needed here.
#define EXCHANGE(name, lanes) PAIR *name = 0

// 16 rows times 8 columns over 16 terms, by 32 lanes together: of lane 4 g + t, low has 4 terms of row g, high the same of row g + 8, in the same of
// column g, and sums gets row g's in columns 2 t and 2 t + 1, then row g + 8's. Terms may stand in any order, the same one in all three. The next one
// with the same sums waits for this one, so that some with others should stand between them.
#if __CUDA_ARCH__ >= 800
DEVICE void multiplyTile(float *sums, const PAIR *low, const PAIR *high, const PAIR *in, PAIR *) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
        : "r"(low[0]), "r"(high[0]), "r"(low[1]), "r"(high[1]), "r"(in[0]), "r"(in[1]));
}
#else
DEVICE void multiply8(float *sums, PAIR low, PAIR high, PAIR in) {
    asm("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
        : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
        : "r"(low), "r"(high), "r"(in));
}

DEVICE void multiplyTile(float *sums, const PAIR *low, const PAIR *high, const PAIR *in, PAIR *) {
    multiply8(sums, low[0], high[0], in[0]);
    multiply8(sums, low[1], high[1], in[1]);
}
#endif

