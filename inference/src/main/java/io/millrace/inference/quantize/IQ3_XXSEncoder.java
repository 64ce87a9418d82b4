package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Grid;
import java.nio.ByteBuffer;

/** IQ3_XXS: a grid of 256 points, and of eight weights an even number is negative. */
final class IQ3_XXSEncoder extends GridBlocks {
    private static final float NEGLIGIBLE = 1e-8f;
    private static final float CORRECTION = 1.0125f;
    private static final int SIGN_BITS = 7;
    private static final int SIGN_MASK = 127;

    IQ3_XXSEncoder() {
        super(TensorType.IQ3_XXS, new GridSearch(new GridPoints(Grid.of("iq3_xxs"), 8, 2), 15, false), NEGLIGIBLE,
                CORRECTION);
    }

    /** Where an odd number is negative, the weight that matters least changes sides. */
    @Override
    int signs(int signs, float[] magnitudes, int at, float[] importance) {
        if (Integer.bitCount(signs) % 2 == 0) {
            return signs;
        }
        int least = 0;
        for (int i = 1; i < 8; i++) {
            if (loss(magnitudes, at + i, importance) < loss(magnitudes, at + least, importance)) {
                least = i;
            }
        }
        magnitudes[at + least] = -magnitudes[at + least];
        return signs ^ 1 << least;
    }

    private static float loss(float[] magnitudes, int i, float[] importance) {
        return importance[i] * magnitudes[i] * magnitudes[i];
    }

    @Override
    void put(short factor, int[] places, int[] signs, int[] scales, ByteBuffer out) {
        out.putShort(factor);
        for (int place : places) {
            out.put((byte) place);
        }
        for (int group = 0; group < GROUPS; group++) {
            int packed = scales[group] << 4 * SIGN_BITS;
            for (int i = 0; i < 4; i++) {
                packed |= (signs[4 * group + i] & SIGN_MASK) << SIGN_BITS * i;
            }
            out.putInt(packed);
        }
    }
}
