package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Grid;
import java.nio.ByteBuffer;

/** IQ2_XXS: groups of 32, a grid of 256 points, and of eight weights an even number is negative. */
final class IQ2_XXSEncoder extends GridBlocks {
    private static final float NEGLIGIBLE = 1e-15f;

    IQ2_XXSEncoder() {
        super(TensorType.IQ2_XXS, ErrorWeights.bySize(1), new GridSearch(new GridPoints(Grid.of("iq2_xxs"), 2), 32,
                PositiveSearch::reach, 6, 0.1f, true), EvenSigns::of, NEGLIGIBLE, 1);
    }

    @Override
    void put(short factor, int[] places, int[] signs, int[] scales, ByteBuffer out) {
        out.putShort(factor);
        for (int group = 0; group < scales.length; group++) {
            for (int i = 4 * group; i < 4 * (group + 1); i++) {
                out.put((byte) places[i]);
            }
            out.putInt(EvenSigns.fourStored(signs, 4 * group) | scales[group] << 4 * EvenSigns.BITS);
        }
    }
}
