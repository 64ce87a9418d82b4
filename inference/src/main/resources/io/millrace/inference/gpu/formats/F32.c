// Rows are as long as a multiple of 4.
DEVICE void decode_F32(GLOBAL const uchar *row, uint chunk, float *v) {
    loadFloats((GLOBAL const float *) row + chunk * CHUNK, v);
}
