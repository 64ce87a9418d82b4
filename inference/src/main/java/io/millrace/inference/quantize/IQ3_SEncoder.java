package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Grid;
import java.nio.ByteBuffer;

/**
 * IQ3_S: a grid of 512 points and a sign for each weight. Where all 32 weights of a group are zero, ggml's loop puts the codes of the following groups in the wrong
 * place; here every group has its own.
 */
final class IQ3_SEncoder extends GridBlocks {
    private static final float CORRECTION = 1.033f;

    IQ3_SEncoder() {
        super(TensorType.IQ3_S, ErrorWeights.bySize(2), new GridSearch(new GridPoints(Grid.of("iq3_s"), 3), 32,
                GridSearch::greatest, 9, 0.2f, true), Signs.ALL, Float.MIN_VALUE, CORRECTION);
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
        for (int i = 0; i < places.length; i += 8) {
            int ninthBits = 0;
            for (int j = 0; j < 8; j++) {
                ninthBits |= places[i + j] >> 8 << j;
            }
            out.put((byte) ninthBits);
        }
        for (int eight : signs) {
            out.put((byte) eight);
        }
        Packing.putNeighbours(scales, out);
    }
}
