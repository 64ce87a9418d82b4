// What the kernels are written in, as CUDA C++. No header: what halves take is one instruction.
typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
#define KERNEL extern "C" __global__
#define DEVICE static __device__ __forceinline__
#define GLOBAL
#define LOCAL __shared__
#define LANE ((int) threadIdx.x)
#define GROUP_X ((int) blockIdx.x)
#define GROUP_Y ((int) blockIdx.y)
#define BARRIER() __syncthreads()
#define LOAD_HALF(p) loadHalf(p)
#define HALF_OF(bits) halfOf(bits)
#define STORE_HALF(value, p) storeHalf(value, p)
#define AS_FLOAT(bits) __uint_as_float(bits)
#define AS_UINT(value) __float_as_uint(value)
#define ATOMIC_ADD(p, value) atomicAdd(p, value)
#define EXP(x) expf(x)
#define RSQRT(x) (1.0f / sqrtf(x))

DEVICE float halfOf(uint bits) {
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"((ushort) bits));
    return value;
}

DEVICE float loadHalf(const void *p) {
    return halfOf(*(const ushort *) p);
}

DEVICE void storeHalf(float value, void *p) {
    ushort bits;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
    *(ushort *) p = bits;
}

// The sum over each 32 lanes in a row, for all of them. All lanes of the group call it.
DEVICE float sum32(float value, float *) {
    for (int step = 16; step > 0; step /= 2) {
        value += __shfl_xor_sync(0xffffffffu, value, step);
    }
    return value;
}
