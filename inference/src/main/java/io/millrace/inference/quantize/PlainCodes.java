package io.millrace.inference.quantize;

/** Codes of the types whose scale follows from a block's range, without a search. */
final class PlainCodes {
    static final int BLOCK = 32;

    private PlainCodes() {}

    /** {@code x / scale}, rounded, plus {@code zero}, the code in the middle. */
    static int[] around(int zero, float scale, float[] x, int at) {
        float inverse = Rounding.inverse(scale);
        var codes = new int[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            codes[i] = Math.clamp((int) (x[at + i] * inverse + (zero + 0.5f)), 0, 2 * zero - 1);
        }
        return codes;
    }

    /** {@code (x - least) / scale}, rounded, up to {@code greatestCode}. */
    static int[] above(float least, float scale, int greatestCode, float[] x, int at) {
        float inverse = Rounding.inverse(scale);
        var codes = new int[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            codes[i] = Math.clamp((int) ((x[at + i] - least) * inverse + 0.5f), 0, greatestCode);
        }
        return codes;
    }
}
