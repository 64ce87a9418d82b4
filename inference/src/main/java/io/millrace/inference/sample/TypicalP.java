package io.millrace.inference.sample;

import java.util.Arrays;

/**
 * Keeps the tokens whose surprise is nearest to what is to be expected, until their probability exceeds {@code p} (Meister et
 * al. 2022, locally typical sampling).
 */
final class TypicalP implements Stage {
    private final float p;
    private final long[] order;

    TypicalP(float p, int capacity) {
        this.p = p;
        order = new long[capacity];
    }

    @Override
    public void apply(Candidates candidates, double chance) {
        float[] probabilities = candidates.probabilities();
        int count = candidates.count();
        double entropy = 0;
        for (int i = 0; i < count; i++) {
            entropy += probabilities[i] > 0 ? -probabilities[i] * Math.log(probabilities[i]) : 0;
        }
        for (int i = 0; i < count; i++) {
            float distance = (float) Math.abs(-Math.log(probabilities[i]) - entropy);
            order[i] = (long) Float.floatToIntBits(distance) << Integer.SIZE | i;
        }
        Arrays.sort(order, 0, count);
        double sum = 0;
        int kept = 0;
        while (kept < count && sum <= p) {
            order[kept] &= Integer.MAX_VALUE;
            sum += probabilities[(int) order[kept]];
            kept++;
        }
        Arrays.sort(order, 0, kept);
        candidates.keepOnly(order, kept);
    }
}
