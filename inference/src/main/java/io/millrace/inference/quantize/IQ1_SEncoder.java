package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Grid;
import java.nio.ByteBuffer;

/**
 * IQ1_S: groups of 32 that share a shift, and a grid of 2048 points. Where all weights of a group are zero, ggml stores the grid's first point, all -1; here they stay near
 * zero.
 */
final class IQ1_SEncoder extends TernaryBlocks {
    private static final float NEGLIGIBLE = 1e-12f;
    private static final float CORRECTION = 1.125f;
    private static final int POINTS_A_GROUP = 4;

    IQ1_SEncoder() {
        super(TensorType.IQ1_S, new TernarySearch(new GridPoints(Grid.of("iq1"), 3), 32, 32), NEGLIGIBLE);
    }

    @Override
    float factor(float factor, Codes codes, float[] x, int at, float[] errorsCount) {
        return factor * CORRECTION;
    }

    @Override
    void put(short factor, Codes codes, ByteBuffer out) {
        out.putShort(factor);
        for (int place : codes.places) {
            out.put((byte) place);
        }
        for (int group = 0; group < codes.scales.length; group++) {
            int packed = codes.scales[group] << 12 | codes.down[group] << 15;
            for (int i = 0; i < POINTS_A_GROUP; i++) {
                packed |= codes.places[group * POINTS_A_GROUP + i] >> 8 << 3 * i;
            }
            out.putShort((short) packed);
        }
    }
}
