package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/**
 * What IQ3_XXS and IQ3_S share: eight groups of 32 weights, whose sizes are points of a grid and whose scales are odd multiples, from 1 to 31, of a factor. Errors count
 * by the square of the weight.
 */
abstract class GridBlocks extends BlockEncoder {
    static final int GROUPS = 8;
    private static final int WEIGHTS = GROUPS * GridSearch.GROUP;
    private static final int EIGHT = 8;
    private static final int GREATEST_SCALE = 31;
    private static final int GREATEST_SCALE_CODE = 15;

    private final GridSearch search;
    private final float negligible;
    private final float correction;
    private final int blockBytes;

    /**
     * @param negligible below this size a group is nothing but zeroes
     * @param correction by how much the factor is stored too large, which was found to lower the error
     */
    GridBlocks(TensorType type, GridSearch search, float negligible, float correction) {
        super(type);
        this.search = search;
        this.negligible = negligible;
        this.correction = correction;
        blockBytes = type.blockBytes();
    }

    /** Turns eight magnitudes into those that the type's signs can give back, and returns the signs. */
    abstract int signs(int signs, float[] magnitudes, int at, float[] importance);

    /**
     * Writes a block.
     *
     * @param factor half precision
     * @param places in the grid, of each four weights
     * @param signs of each eight weights; bit i is set where weight i is negative
     * @param scales of the groups: {@code (scale - 1) / 2}
     */
    abstract void put(short factor, int[] places, int[] signs, int[] scales, ByteBuffer out);

    @Override
    final void encodeBlock(float[] x, int at, ByteBuffer out) {
        var places = new int[WEIGHTS / GridPoints.WIDTH];
        var signs = new int[WEIGHTS / EIGHT];
        var scales = new float[GROUPS];
        float greatest = 0;
        for (int group = 0; group < GROUPS; group++) {
            scales[group] = encodeGroup(x, at + group * GridSearch.GROUP, group, places, signs);
            greatest = Math.max(greatest, scales[group]);
        }
        if (greatest == 0) {
            out.put(new byte[blockBytes]);
            return;
        }
        float factor = greatest / GREATEST_SCALE;
        var codes = new int[GROUPS];
        for (int group = 0; group < GROUPS; group++) {
            codes[group] = Rounding.toEven(0.5f * (1 / factor * scales[group] - 1), 0, GREATEST_SCALE_CODE);
        }
        put(Rounding.toHalf(factor * correction), places, signs, codes, out);
    }

    /** Writes the group's places and signs to where they belong in the block's, and returns its scale. */
    private float encodeGroup(float[] x, int at, int group, int[] places, int[] signs) {
        var magnitudes = new float[GridSearch.GROUP];
        var importance = new float[GridSearch.GROUP];
        for (int i = 0; i < GridSearch.GROUP; i++) {
            magnitudes[i] = Math.abs(x[at + i]);
            importance[i] = x[at + i] * x[at + i];
        }
        if (Range.of(magnitudes, 0, GridSearch.GROUP).greatest() < negligible) {
            return 0;
        }
        int firstSigns = group * GridSearch.GROUP / EIGHT;
        for (int i = 0; i < GridSearch.GROUP; i += EIGHT) {
            signs[firstSigns + i / EIGHT] = signs(negatives(x, at + i), magnitudes, i, importance);
        }
        float scale = search.fit(magnitudes, importance, places, group * GridSearch.POINTS);
        if (scale < 0) {
            for (int i = 0; i < GridSearch.GROUP / EIGHT; i++) {
                signs[firstSigns + i] ^= 0xff;
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
