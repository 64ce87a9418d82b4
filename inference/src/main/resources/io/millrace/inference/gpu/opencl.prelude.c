// What the kernels are written in, as OpenCL C 1.2. Neither cl_khr_fp16 nor subgroups: halves are only stored.
#define KERNEL __kernel
#define DEVICE static
#define GLOBAL __global
#define LOCAL __local
#define LANE ((int) get_local_id(0))
#define GROUP_X ((int) get_group_id(0))
#define GROUP_Y ((int) get_group_id(1))
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE)
#define LOAD_HALF(p) vload_half(0, (GLOBAL const half *) (p))
#define HALF_OF(bits) halfOf(bits)
#define STORE_HALF(value, p) vstore_half(value, 0, (GLOBAL half *) (p))
#define AS_FLOAT(bits) as_float(bits)
#define AS_UINT(value) as_uint(value)
#define ATOMIC_ADD(p, value) atomic_add((volatile LOCAL uint *) (p), value)
#define EXP(x) exp(x)
#define RSQRT(x) (1.0f / sqrt(x))

DEVICE float halfOf(uint bits) {
    ushort own = (ushort) bits;
    return vload_half(0, (const __private half *) &own);
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
