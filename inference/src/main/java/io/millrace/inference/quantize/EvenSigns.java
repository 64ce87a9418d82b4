package io.millrace.inference.quantize;

/** Signs of eight weights of which an even number is negative, so that seven bits are enough for them. */
final class EvenSigns {
    static final int BITS = 7;
    private static final int MASK = (1 << BITS) - 1;

    private EvenSigns() {}

    /** Where an odd number is negative, the weight that matters least changes sides: its magnitude becomes negative. */
    static int of(int signs, float[] magnitudes, int at, float[] errorWeights) {
        if (Integer.bitCount(signs) % 2 == 0) {
            return signs;
        }
        int least = 0;
        for (int i = 1; i < 8; i++) {
            if (loss(magnitudes, at + i, errorWeights) < loss(magnitudes, at + least, errorWeights)) {
                least = i;
            }
        }
        magnitudes[at + least] = -magnitudes[at + least];
        return signs ^ 1 << least;
    }

    private static float loss(float[] magnitudes, int i, float[] errorWeights) {
        return errorWeights[i] * magnitudes[i] * magnitudes[i];
    }

    /** The seven bits. */
    static int stored(int signs) {
        return signs & MASK;
    }

    /** Four times seven bits, of the signs from {@code signs[from]} on. */
    static int fourStored(int[] signs, int from) {
        int packed = 0;
        for (int i = 0; i < 4; i++) {
            packed |= stored(signs[from + i]) << BITS * i;
        }
        return packed;
    }
}
