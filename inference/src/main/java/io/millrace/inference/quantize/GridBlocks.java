package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What the IQ2 and IQ3 types share: groups of 16 or 32 weights, whose sizes are points of a grid and whose scales are odd multiples, from 1 to 31, of a factor.
 */
abstract class GridBlocks extends WeighedBlockEncoder {
    private static final int EIGHT = 8;
    private static final int GREATEST_SCALE = 31;
    private static final int GREATEST_SCALE_CODE = 15;

    private final GridSearch search;
    private final Signs signs;
    private final float negligible;
    private final float correction;
    private final int blockBytes;

    /** Which signs a type can store. */
    @FunctionalInterface
    interface Signs {
        /** One for each weight. */
        Signs ALL = (signs, _, _, _) -> signs;

        /** Turns eight magnitudes into those that the type's signs can give back, and returns the signs. */
        int of(int signs, float[] magnitudes, int at, float[] errorWeights);
    }

    /**
     * @param negligible below this size a group is nothing but zeroes
     * @param correction by how much the factor is stored too large, which was found to lower the error
     */
    GridBlocks(TensorType type, ErrorWeights errorWeights, GridSearch search, Signs signs, float negligible,
            float correction) {
        super(type, errorWeights);
        this.search = search;
        this.signs = signs;
        this.negligible = negligible;
        this.correction = correction;
        blockBytes = type.blockBytes();
    }

    /**
     * Writes a block.
     *
     * @param factor half precision
     * @param places in the grid, of each four or eight weights
     * @param signs of each eight weights; bit i is set where weight i is negative
     * @param scales of the groups: {@code (scale - 1) / 2}
     */
    abstract void put(short factor, int[] places, int[] signs, int[] scales, ByteBuffer out);

    @Override
    final void encodeWeighed(float[] x, int at, float[] errorsCount, ByteBuffer out) {
        var places = new int[ErrorWeights.BLOCK / search.grid().width()];
        var eights = new int[ErrorWeights.BLOCK / EIGHT];
        var scales = new float[ErrorWeights.BLOCK / search.group()];
        float greatest = 0;
        for (int group = 0; group < scales.length; group++) {
            scales[group] = encodeGroup(x, at, group, errorsCount, places, eights);
            greatest = Math.max(greatest, scales[group]);
        }
        if (greatest == 0) {
            out.put(new byte[blockBytes]);
            return;
        }
        float factor = greatest / GREATEST_SCALE;
        var codes = new int[scales.length];
        for (int group = 0; group < scales.length; group++) {
            codes[group] = Rounding.toEven(0.5f * (1 / factor * scales[group] - 1), 0, GREATEST_SCALE_CODE);
        }
        put(Rounding.toHalf(factor * correction), places, eights, codes, out);
    }

    /** Writes the group's places and signs to where they belong in the block's, and returns its scale. */
    private float encodeGroup(float[] x, int at, int group, float[] errorsCount, int[] places, int[] eights) {
        int first = group * search.group();
        float[] errorWeights = Arrays.copyOfRange(errorsCount, first, first + search.group());
        var magnitudes = new float[search.group()];
        for (int i = 0; i < magnitudes.length; i++) {
            magnitudes[i] = Math.abs(x[at + first + i]);
        }
        if (Range.of(magnitudes, 0, magnitudes.length).greatest() < negligible) {
            return 0;
        }
        for (int i = 0; i < magnitudes.length; i += EIGHT) {
            eights[(first + i) / EIGHT] = signs.of(negatives(x, at + first + i), magnitudes, i, errorWeights);
        }
        float scale = search.fit(magnitudes, errorWeights, places, first / search.grid().width());
        if (scale < 0) {
            for (int i = 0; i < magnitudes.length; i += EIGHT) {
                eights[(first + i) / EIGHT] ^= 0xff;
            }
        }
        return Math.abs(scale);
    }

    private static int negatives(float[] x, int at) {
        int signs = 0;
        for (int i = 0; i < EIGHT; i++) {
            if (x[at + i] < 0) {
                signs |= 1 << i;
            }
        }
        return signs;
    }
}
