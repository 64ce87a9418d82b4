package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Grid;
import java.nio.ByteBuffer;

/** IQ2_XS: groups of 16, a grid of 512 points, and of eight weights an even number is negative. */
final class IQ2_XSEncoder extends GridBlocks {
    private static final float NEGLIGIBLE = 1e-15f;
    private static final int PLACE_BITS = 9;

    IQ2_XSEncoder() {
        super(TensorType.IQ2_XS, ErrorWeights.bySize(1), new GridSearch(new GridPoints(Grid.of("iq2_xs"), 2), 16,
                GridSearch::greatest, 9, 0.1f, false), EvenSigns::of, NEGLIGIBLE, 1);
    }

    @Override
    void put(short factor, int[] places, int[] signs, int[] scales, ByteBuffer out) {
        out.putShort(factor);
        for (int i = 0; i < places.length; i++) {
            out.putShort((short) (places[i] | EvenSigns.stored(signs[i]) << PLACE_BITS));
        }
        Packing.putNeighbours(scales, out);
    }
}
