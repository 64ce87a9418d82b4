package io.millrace.inference.quantize;

import java.util.Arrays;

/** How much an error in each weight of a block counts. */
@FunctionalInterface
interface ErrorWeights {
    int BLOCK = 256;

    /**
     * For the block that begins at {@code x[at]}.
     *
     * @param importance of its columns
     */
    float[] of(float[] x, int at, float[] importance);

    /** As much as its column's importance times its size, to which {@code variances} times the block's mean square are added within a root. */
    static ErrorWeights bySize(int variances) {
        return (x, at, importance) -> {
            float squares = 0;
            for (int i = at; i < at + BLOCK; i++) {
                squares += x[i] * x[i];
            }
            float floor = variances * squares / BLOCK;
            var weights = new float[BLOCK];
            for (int i = 0; i < BLOCK; i++) {
                weights[i] = importance[i] * (float) Math.sqrt(floor + x[at + i] * x[at + i]);
            }
            return weights;
        };
    }

    /** As much as its square. */
    static float[] squares(float[] x, int at) {
        var weights = new float[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            weights[i] = x[at + i] * x[at + i];
        }
        return weights;
    }

    /** The importance of columns that are all alike. */
    static float[] alike() {
        var importance = new float[BLOCK];
        Arrays.fill(importance, 1);
        return importance;
    }
}
