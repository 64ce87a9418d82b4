// RMSNorm of the rows of x that step names, from rowsAt on. Groups of 128, one for each row.
KERNEL void rms_norm(GLOBAL const float *x, GLOBAL const int *step, int rowsAt, GLOBAL const float *weight,
        GLOBAL float *y, int width, float epsilon) {
    LOCAL float scratch[128];
    LOCAL float parts[4];
    GLOBAL const float *in = x + (long) step[rowsAt + GROUP_X] * width;
    float sum = 0;
    for (int i = LANE; i < width; i += 128) {
        sum += in[i] * in[i];
    }
    sum = sum32(sum, scratch);
    if (LANE % 32 == 0) {
        parts[LANE / 32] = sum;
    }
    BARRIER();
    float factor = RSQRT((parts[0] + parts[1] + parts[2] + parts[3]) / (float) width + epsilon);
    for (int i = LANE; i < width; i += 128) {
        y[(long) GROUP_X * width + i] = in[i] * factor * weight[i];
    }
}

// gate = swish(gate) * up. Groups of 128.
KERNEL void swiglu(GLOBAL float *gate, GLOBAL const float *up, int count) {
    int i = GROUP_X * 128 + LANE;
    if (i < count) {
        float g = gate[i];
        gate[i] = g / (1.0f + EXP(-g)) * up[i];
    }
}
