package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** What IQ1_S and IQ1_M share: groups of weights that are -1, 0 or 1, shifted by an eighth, times odd multiples, from 1 to 15, of a factor. */
abstract class TernaryBlocks extends WeighedBlockEncoder {
    private static final int GREATEST_SCALE = 15;
    private static final int GREATEST_SCALE_CODE = 7;
    private static final int CODE_OF_ZERO = 1;

    private final TernarySearch search;
    private final float negligible;
    private final int blockBytes;
    private final int placeOfZeroes;

    /** @param negligible below this size a group is nothing but zeroes */
    TernaryBlocks(TensorType type, TernarySearch search, float negligible) {
        super(type, ErrorWeights.bySize(2));
        this.search = search;
        this.negligible = negligible;
        blockBytes = type.blockBytes();
        var zeroes = new int[search.grid().width()];
        Arrays.fill(zeroes, CODE_OF_ZERO);
        placeOfZeroes = search.grid().place(search.grid().point(zeroes, 0));
    }

    /** A block's codes. */
    static final class Codes {
        /** In the grid, of each eight weights. */
        final int[] places;
        /** Of each group, bit i set where the numbers of its part i are shifted down. */
        final int[] down;
        /** Of the groups: {@code (scale - 1) / 2}. */
        final int[] scales;

        private Codes(TernarySearch search) {
            places = new int[ErrorWeights.BLOCK / search.grid().width()];
            down = new int[ErrorWeights.BLOCK / search.group()];
            scales = new int[down.length];
        }
    }

    /**
     * The factor to be stored.
     *
     * @param factor with which the scales were made
     */
    abstract float factor(float factor, Codes codes, float[] x, int at, float[] errorsCount);

    /** Writes a block, whose factor has half precision. */
    abstract void put(short factor, Codes codes, ByteBuffer out);

    @Override
    final void encodeWeighed(float[] x, int at, float[] errorsCount, ByteBuffer out) {
        var codes = new Codes(search);
        var scales = new float[codes.scales.length];
        float greatest = 0;
        for (int group = 0; group < scales.length; group++) {
            scales[group] = encodeGroup(x, at, group, errorsCount, codes);
            greatest = Math.max(greatest, scales[group]);
        }
        if (greatest == 0) {
            out.put(new byte[blockBytes]);
            return;
        }
        float factor = greatest / GREATEST_SCALE;
        for (int group = 0; group < scales.length; group++) {
            codes.scales[group] = Rounding.toEven(0.5f * (1 / factor * scales[group] - 1), 0, GREATEST_SCALE_CODE);
        }
        put(Rounding.toHalf(factor(factor, codes, x, at, errorsCount)), codes, out);
    }

    /** Writes the group's places and shifts to where they belong in the block's, and returns its scale. */
    private float encodeGroup(float[] x, int at, int group, float[] errorsCount, Codes codes) {
        int first = group * search.group();
        int firstPlace = first / search.grid().width();
        float[] weights = Arrays.copyOfRange(x, at + first, at + first + search.group());
        if (Math.abs(Range.farthestFromZero(weights, 0, weights.length)) < negligible) {
            Arrays.fill(codes.places, firstPlace, firstPlace + weights.length / search.grid().width(), placeOfZeroes);
            return 0;
        }
        float[] errorWeights = Arrays.copyOfRange(errorsCount, first, first + search.group());
        var fit = search.fit(weights, errorWeights, codes.places, firstPlace);
        codes.down[group] = fit.down();
        return fit.scale();
    }
}
