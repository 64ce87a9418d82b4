package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Grid;
import java.nio.ByteBuffer;

/** IQ3_XXS: a grid of 256 points, and of eight weights an even number is negative. */
final class IQ3_XXSEncoder extends GridBlocks {
    private static final float NEGLIGIBLE = 1e-8f;
    private static final float CORRECTION = 1.0125f;

    IQ3_XXSEncoder() {
        super(TensorType.IQ3_XXS, ErrorWeights.bySize(2), new GridSearch(new GridPoints(Grid.of("iq3_xxs"), 2), 32,
                GridSearch::greatest, 15, 0.2f, false), EvenSigns::of, NEGLIGIBLE, CORRECTION);
    }

    @Override
    void encodeBlock(float[] x, int at, ByteBuffer out) {
        encodeWeighed(x, at, ErrorWeights.squares(x, at), out);
    }

    @Override
    void put(short factor, int[] places, int[] signs, int[] scales, ByteBuffer out) {
        out.putShort(factor);
        for (int place : places) {
            out.put((byte) place);
        }
        for (int group = 0; group < scales.length; group++) {
            out.putInt(EvenSigns.fourStored(signs, 4 * group) | scales[group] << 4 * EvenSigns.BITS);
        }
    }
}
