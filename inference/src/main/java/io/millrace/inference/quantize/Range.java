package io.millrace.inference.quantize;

/** Between what some weights lie. */
record Range(float least, float greatest) {
    static Range of(float[] x, int at, int count) {
        float least = x[at];
        float greatest = x[at];
        for (int i = at + 1; i < at + count; i++) {
            if (x[i] < least) {
                least = x[i];
            }
            if (x[i] > greatest) {
                greatest = x[i];
            }
        }
        return new Range(least, greatest);
    }

    /** The weight of the largest size, with its sign; of several the first. */
    static float farthestFromZero(float[] x, int at, int count) {
        float farthest = 0;
        for (int i = at; i < at + count; i++) {
            if (Math.abs(x[i]) > Math.abs(farthest)) {
                farthest = x[i];
            }
        }
        return farthest;
    }
}
