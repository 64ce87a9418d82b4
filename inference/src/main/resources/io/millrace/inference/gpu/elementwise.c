// Products take their inputs in rows of a multiple of 128, with zeros behind the last column.

// RMSNorm of the rows of x that step names, from rowsAt on; 4 divides their width. Groups of 256, one for each row.
KERNEL void LANES(256) rms_norm(GLOBAL const float *x, GLOBAL const int *step, int rowsAt, GLOBAL const float *weight,
        GLOBAL INPUT *y, int width, int stride, float epsilon) {
    AWAIT_EARLIER();
    LOCAL float scratch[256];
    LOCAL float parts[8];
    GLOBAL const float4 *in = (GLOBAL const float4 *) (x + (long) step[rowsAt + GROUP_X] * width);
    float sum = 0;
    UNROLL_BY_4
    for (int i = LANE; i < width / 4; i += 256) {
        float4 v = in[i];
        sum += v.x * v.x + v.y * v.y + (v.z * v.z + v.w * v.w);
    }
    sum = sum32(sum, scratch);
    if (LANE % 32 == 0) {
        parts[LANE / 32] = sum;
    }
    BARRIER();
    sum = 0;
    for (int i = 0; i < 8; i++) {
        sum += parts[i];
    }
    float factor = RSQRT(sum / (float) width + epsilon);
    GLOBAL const float4 *weights = (GLOBAL const float4 *) weight;
    UNROLL_BY_4
    for (int i = LANE; i < stride / 4; i += 256) {
        GLOBAL INPUT *to = y + (long) GROUP_X * stride + 4 * i;
        if (i < width / 4) {
            float4 v = in[i];
            float4 w = weights[i];
            STORE_INPUT(v.x * factor * w.x, to);
            STORE_INPUT(v.y * factor * w.y, to + 1);
            STORE_INPUT(v.z * factor * w.z, to + 2);
            STORE_INPUT(v.w * factor * w.w, to + 3);
        } else {
            for (int j = 0; j < 4; j++) {
                STORE_INPUT(0, to + j);
            }
        }
    }
}

// y = swish(gate) * up of rows that hold a gate and then what it lets through. Groups of 256, a row in y of them one above the other.
KERNEL void LANES(256) swiglu(GLOBAL const float *gateAndUp, GLOBAL INPUT *y, int width, int stride) {
    AWAIT_EARLIER();
    int i = GROUP_X * 256 + LANE;
    if (i < stride) {
        GLOBAL const float *row = gateAndUp + (long) GROUP_Y * 2 * width;
        STORE_INPUT(i < width ? gate(row[i]) * row[width + i] : 0, y + (long) GROUP_Y * stride + i);
    }
}
