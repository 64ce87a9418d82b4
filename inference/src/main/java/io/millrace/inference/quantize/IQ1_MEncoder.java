package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Grid;
import java.nio.ByteBuffer;

/**
 * IQ1_M: groups of 16, each eight of which share a shift, and a grid of 2048 points. Where all weights of a group are zero, ggml stores the grid's first point, all -1; here
 * they stay near zero.
 */
final class IQ1_MEncoder extends TernaryBlocks {
    private static final float NEGLIGIBLE = 1e-7f;
    private static final float CORRECTION = 1.1125f;
    private static final int GROUP = 16;
    private static final int EIGHT = 8;
    private static final int GROUPS_A_SHORT = 4;

    private final Grid grid = Grid.of("iq1");

    IQ1_MEncoder() {
        super(TensorType.IQ1_M, new TernarySearch(new GridPoints(Grid.of("iq1"), 3), GROUP, EIGHT), NEGLIGIBLE);
    }

    /** The factor of the least error, given all codes. */
    @Override
    float factor(float factor, Codes codes, float[] x, int at, float[] errorsCount) {
        float products = 0;
        float squares = 0;
        for (int i = 0; i < ErrorWeights.BLOCK; i++) {
            int group = i / GROUP;
            float shift = TernarySearch.shift(codes.down[group], i % GROUP / EIGHT);
            float number = (grid.weights()[codes.places[i / EIGHT] * EIGHT + i % EIGHT] + shift)
                    * (2 * codes.scales[group] + 1);
            products += errorsCount[i] * number * x[at + i];
            squares += errorsCount[i] * number * number;
        }
        return (squares > 0 ? products / squares : factor) * CORRECTION;
    }

    @Override
    void put(short factor, Codes codes, ByteBuffer out) {
        for (int place : codes.places) {
            out.put((byte) place);
        }
        for (int group = 0; group < codes.scales.length; group++) {
            out.put((byte) (high(codes, group, 0) | high(codes, group, 1) << 4));
        }
        for (int i = 0; i < codes.scales.length; i += GROUPS_A_SHORT) {
            int packed = (factor >> i & 15) << 12;
            for (int j = 0; j < GROUPS_A_SHORT; j++) {
                packed |= codes.scales[i + j] << 3 * j;
            }
            out.putShort((short) packed);
        }
    }

    /** The upper three bits of a place, and whether its weights are shifted down. */
    private static int high(Codes codes, int group, int half) {
        return codes.places[2 * group + half] >> 8 | (codes.down[group] >> half & 1) << 3;
    }
}
