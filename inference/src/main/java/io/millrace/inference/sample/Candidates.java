package io.millrace.inference.sample;

import java.util.Arrays;

/**
 * Tokens that may be drawn, each with its logit, in one array of keys: a key's upper half orders by falling logit, its lower half is the token.
 * Ascending keys are therefore descending logits, and among equal logits ascending tokens.
 */
final class Candidates {
    private static final long TOKEN_MASK = 0xffff_ffffL;

    private final long[] keys;
    private final float[] probabilities;
    private int count;
    private boolean sorted;

    /**
     * Makes room.
     *
     * @param capacity the most tokens kept: {@link #offer} drops the least likely beyond
     */
    Candidates(int capacity) {
        keys = new long[capacity];
        probabilities = new float[capacity];
    }

    void clear() {
        count = 0;
        sorted = false;
    }

    /** Adds a token, or, when full, lets it replace the least likely one. */
    void offer(int token, float logit) {
        long key = key(token, logit);
        if (count < keys.length) {
            keys[count++] = key;
            if (count == keys.length) {
                buildHeap();
            }
        } else if (key < keys[0]) {
            keys[0] = key;
            siftDown(0);
        }
    }

    private static long key(int token, float logit) {
        int bits = Float.floatToIntBits(logit);
        int ascending = bits ^ (bits >> 31 & Integer.MAX_VALUE);
        return (long) ~ascending << Integer.SIZE | token;
    }

    /** A heap with the greatest key, the least likely token, at its root. */
    private void buildHeap() {
        for (int i = count / 2 - 1; i >= 0; i--) {
            siftDown(i);
        }
    }

    private void siftDown(int from) {
        long key = keys[from];
        int parent = from;
        for (int child = 2 * parent + 1; child < count; child = 2 * parent + 1) {
            if (child + 1 < count && keys[child + 1] > keys[child]) {
                child++;
            }
            if (keys[child] <= key) {
                break;
            }
            keys[parent] = keys[child];
            parent = child;
        }
        keys[parent] = key;
    }

    /** Brings the most likely token to the front and the others in order. */
    void sort() {
        if (!sorted) {
            Arrays.sort(keys, 0, count);
            sorted = true;
        }
    }

    int count() {
        return count;
    }

    int token(int index) {
        return (int) (keys[index] & TOKEN_MASK);
    }

    float logit(int index) {
        int ascending = ~(int) (keys[index] >> Integer.SIZE);
        return Float.intBitsToFloat(ascending ^ (ascending >> 31 & Integer.MAX_VALUE));
    }

    float maxLogit() {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < (sorted ? 1 : count); i++) {
            max = Math.max(max, logit(i));
        }
        return max;
    }

    /** The candidates' probabilities among themselves, valid until the next change. */
    float[] probabilities() {
        float max = maxLogit();
        double sum = 0;
        for (int i = 0; i < count; i++) {
            probabilities[i] = (float) Math.exp(logit(i) - max);
            sum += probabilities[i];
        }
        for (int i = 0; i < count; i++) {
            probabilities[i] = (float) (probabilities[i] / sum);
        }
        return probabilities;
    }

    /**
     * The first candidate at which the weights' running sum exceeds a fraction of their sum.
     *
     * @param temperature logits are divided by it
     */
    int drawn(double fraction, double temperature) {
        float max = maxLogit();
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.exp((logit(i) - max) / temperature);
        }
        double left = fraction * sum;
        for (int i = 0; i < count - 1; i++) {
            left -= Math.exp((logit(i) - max) / temperature);
            if (left < 0) {
                return token(i);
            }
        }
        return token(count - 1);
    }

    void keepFirst(int newCount) {
        count = newCount;
    }

    /** Drops the first ones; the others stay in order. */
    void dropFirst(int dropped) {
        System.arraycopy(keys, dropped, keys, 0, count - dropped);
        count -= dropped;
    }

    /** Drops all whose logit is below; the order stays. */
    void keepFrom(float leastLogit) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (logit(i) >= leastLogit) {
                keys[kept++] = keys[i];
            }
        }
        count = kept;
    }

    /** Keeps the candidates at these places, in their order; {@code indexes} ascend. */
    void keepOnly(long[] indexes, int newCount) {
        for (int i = 0; i < newCount; i++) {
            keys[i] = keys[(int) indexes[i]];
        }
        count = newCount;
    }
}
