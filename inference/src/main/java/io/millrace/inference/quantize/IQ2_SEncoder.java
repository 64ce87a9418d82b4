package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Grid;
import java.nio.ByteBuffer;

/** IQ2_S: groups of 16, a grid of 1024 points, and a sign for each weight. */
final class IQ2_SEncoder extends GridBlocks {
    private static final float NEGLIGIBLE = 1e-8f;
    private static final float CORRECTION = 0.9875f;

    IQ2_SEncoder() {
        super(TensorType.IQ2_S, ErrorWeights.bySize(2), new GridSearch(new GridPoints(Grid.of("iq2_s"), 1), 16,
                GridSearch::greatest, 9, 0.1f, false), Signs.ALL, NEGLIGIBLE, CORRECTION);
    }

    @Override
    void put(short factor, int[] places, int[] signs, int[] scales, ByteBuffer out) {
        out.putShort(factor);
        for (int place : places) {
            out.put((byte) place);
        }
        for (int eight : signs) {
            out.put((byte) eight);
        }
        for (int i = 0; i < places.length; i += 4) {
            int highBits = 0;
            for (int j = 0; j < 4; j++) {
                highBits |= places[i + j] >> 8 << 2 * j;
            }
            out.put((byte) highBits);
        }
        Packing.putNeighbours(scales, out);
    }
}
