package io.millrace.inference.kernel;

/**
 * A batch's activations in the forms that kernels read: single-precision values, a row a token, and for {@link PackedRows} of few
 * bits the same values as codes of 8 bits, 32 with a scale. A token's codes depend on its own values alone.
 *
 * <p>Threads may prepare and read different tokens at the same time.
 */
public final class Activations {
    /** Values that share a scale. */
    static final int BLOCK = 32;

    private final float[] values;
    private final ActivationCodes codes;

    /** Makes room. */
    public Activations(int maxTokens, int maxColumns) {
        int count = Math.multiplyExact(maxTokens, maxColumns);
        values = new float[count];
        codes = new ActivationCodes(count);
    }

    /** The values, to be written before {@link #prepare}: token {@code t}'s column {@code c} at {@code t * columns + c}. */
    public float[] values() {
        return values;
    }

    /**
     * Makes the other forms of some tokens' values. With columns that are no whole number of blocks there are none: then no packed rows
     * have so many either.
     */
    public void prepare(int fromToken, int toToken, int columns) {
        prepareValues(fromToken * columns, toToken * columns, columns);
    }

    /** Likewise, for the values from one index to another: multiples of 32, where columns are. */
    public void prepareValues(int from, int to, int columns) {
        if (columns % BLOCK != 0) {
            return;
        }
        for (int i = from; i < to; i += BLOCK) {
            codes.encode(values, i);
        }
    }

    ActivationCodes codes() {
        return codes;
    }
}
