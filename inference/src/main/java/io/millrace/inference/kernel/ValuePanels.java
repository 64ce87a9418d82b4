package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Panels of types whose weights are {@code scale * code}, which are multiplied with the activations as they are. One token's products come straight from the codes;
 * for several, a group of columns is unpacked once and then multiplied by {@link GroupTile}, in the same order.
 */
abstract class ValuePanels implements PanelFormat {
    static final int HALF = ROWS / 2;

    private final int group;
    private final int run;

    /**
     * @param group how many columns share a scale
     * @param run how many columns in a row belong to the same one of {@link GroupTile}'s two sums
     */
    ValuePanels(int group, int run) {
        this.group = group;
        this.run = run;
    }

    /** Bytes of a panel's scales, which stand before its codes. */
    abstract long scaleBytes(int columns);

    /** Writes a panel's scales, a group's {@link #ROWS} after the other's. */
    abstract void readScales(MemorySegment panels, long offset, int columns, float[] out);

    /** Writes a group's codes, column by column. */
    abstract void readCodes(MemorySegment panels, long codes, int index, float[] out, int outOffset);

    /** One token's products: {@link GroupTile}'s sums, group by group, with a panel's scales at the start of {@code scales}. */
    abstract void multiplyOne(MemorySegment panels, long codes, int columns, Activations x, int token, float[] y,
            int yAt, float[] scales);

    @Override
    public final void multiply(MemorySegment panels, long offset, int columns, Activations x, int fromToken,
            int toToken, float[] y, int yOffset, int yStride, float[] scratch) {
        readScales(panels, offset, columns, scratch);
        long codes = offset + scaleBytes(columns);
        int tokens = toToken - fromToken;
        int at = yOffset + fromToken * yStride;
        if (tokens == 1) {
            multiplyOne(panels, codes, columns, x, fromToken, y, at, scratch);
            return;
        }
        for (int t = 0; t < tokens; t++) {
            Arrays.fill(y, at + t * yStride, at + t * yStride + ROWS, 0);
        }
        int groups = columns / group;
        int unpacked = groups * ROWS;
        for (int g = 0; g < groups; g++) {
            readCodes(panels, codes, g, scratch, unpacked);
            GroupTile.multiply(scratch, g * ROWS, unpacked, group, run, tokens, x.values(),
                    fromToken * columns + g * group,
                    columns,
                    y, at, yStride);
        }
    }
}
