package io.millrace.inference.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What attention is made of, with vectors and in plain loops. */
class AttentionKernelsTest {
    private static final int POSITIONS = HeadBlocks.POSITIONS;

    private final Kernels scalar = Kernels.scalar();
    private final Kernels vector = Kernels.fastest();
    private final long seed = System.nanoTime();
    private final RandomMatrices random = new RandomMatrices(new Random(seed));

    /** What a type's rounding may lose, of the largest value: half a step. Normal values of this many stay below 6. */
    @ParameterizedTest
    @CsvSource({"F32, 0", "F16, 0.0005", "Q8_0, 0.004"})
    void keysAndValuesAreReadAsTheyWereWritten(TensorType type, double tolerance) {
        for (int headWidth : new int[]{32, 64, 128, 160}) {
            for (Kernels writer : new Kernels[]{scalar, vector}) {
                HeadBlocks blocks = writer.headBlocks(type);
                float[] x = random.values(POSITIONS * headWidth);
                int bytes = (int) blocks.bytes(headWidth);
                MemorySegment memory = MemorySegment.ofArray(new byte[2 * bytes + 3]);
                for (int p = 0; p < POSITIONS; p++) {
                    blocks.writeKeys(x, p * headWidth, headWidth, memory, 3, p);
                    blocks.writeValues(x, p * headWidth, headWidth, memory, 3 + bytes, p);
                }
                for (Kernels reader : new Kernels[]{scalar, vector}) {
                    var keys = new float[POSITIONS * headWidth];
                    int stride = headWidth + 7;
                    var values = new float[POSITIONS * stride];
                    reader.headBlocks(type).readKeys(memory, 3, headWidth, keys);
                    reader.headBlocks(type).readValues(memory, 3 + bytes, headWidth, values, stride);
                    for (int p = 0; p < POSITIONS; p++) {
                        for (int i = 0; i < headWidth; i++) {
                            double written = x[p * headWidth + i];
                            assertThat((double) keys[i * POSITIONS + p]).as("seed %s", seed).isCloseTo(written,
                                    within(tolerance * 6));
                            assertThat(values[p * stride + i]).as("seed %s", seed)
                                    .isEqualTo(keys[i * POSITIONS + p]);
                        }
                    }
                }
            }
        }
    }

    /** Heads of small models are not a whole number of vectors. */
    @ParameterizedTest
    @ValueSource(ints = {1, 8, 20})
    void headsMayBeNarrow(int headWidth) {
        float[] x = random.values(headWidth);
        HeadBlocks blocks = vector.headBlocks(TensorType.F32);
        MemorySegment memory = MemorySegment.ofArray(new byte[(int) blocks.bytes(headWidth)]);
        blocks.writeKeys(x, 0, headWidth, memory, 0, 31);
        var keys = new float[POSITIONS * headWidth];
        blocks.readKeys(memory, 0, headWidth, keys);
        for (int i = 0; i < headWidth; i++) {
            assertThat(keys[i * POSITIONS + 31]).isEqualTo(x[i]);
        }
    }

    @Test
    void otherTypesKeepNoCache() {
        assertThatThrownBy(() -> vector.headBlocks(TensorType.Q4_0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Q4_0");
    }

    /** A sum of some hundred products, in single precision and in double. */
    @Test
    void panelsAreMultipliedAsPlainLoopsDo() {
        for (int round = 0; round < 100; round++) {
            int columns = 1 + random.nextInt(200);
            int tokens = 1 + random.nextInt(21);
            int stride = 32 + random.nextInt(40);
            float[] panel = random.values(5 + columns * stride);
            float[] x = random.values(3 + tokens * (columns + 2));
            float[] expected = random.values(1 + tokens * 40);
            float[] actual = expected.clone();
            scalar.multiplyPanel(panel, 5, stride, columns, tokens, x, 3, columns + 2, expected, 1, 40);
            vector.multiplyPanel(panel, 5, stride, columns, tokens, x, 3, columns + 2, actual, 1, 40);
            assertThat(actual).as("seed %s", seed).containsExactly(expected, within(1e-6f * columns * 16));
        }
    }

    /** Weights, their sum and what was summed up before, for any number of visible positions. */
    @Test
    void scoresAreFoldedIntoWhatCameBefore() {
        for (int round = 0; round < 200; round++) {
            int width = 32;
            float[] largest = {7, Float.NEGATIVE_INFINITY, random.values(1)[0]};
            int row = random.nextInt(3);
            float[] sums = row == 1 ? new float[48] : random.values(48);
            float[] attended = row == 1 ? new float[96] : random.values(96);
            float[] scores = random.values(POSITIONS + 1);
            int visible = random.nextInt(POSITIONS + 1);
            if (row == 1 && visible == 0) {
                continue; // a query sees itself
            }
            double most = largest[row];
            for (int i = 0; i < visible; i++) {
                most = Math.max(most, scores[1 + i]);
            }
            double factor = Math.exp(largest[row] - most);
            double expectedSum = 0;
            for (int i = 0; i < 16; i++) {
                expectedSum += factor * sums[row * 16 + i];
            }
            var expectedWeights = new float[POSITIONS];
            for (int i = 0; i < visible; i++) {
                expectedWeights[i] = (float) Math.exp(scores[1 + i] - most);
                expectedSum += expectedWeights[i];
            }
            for (Kernels kernels : new Kernels[]{scalar, vector}) {
                float[] ownLargest = largest.clone();
                float[] ownSums = sums.clone();
                float[] ownAttended = attended.clone();
                float[] weights = scores.clone();
                kernels.foldScores(weights, 1, visible, row, ownLargest, ownSums, ownAttended, width);
                // exp is exact to some units in the last place
                assertThat(Arrays.copyOfRange(weights, 1, 1 + POSITIONS)).as("seed %s", seed)
                        .containsExactly(expectedWeights, within(1e-6f));
                assertThat((double) ownLargest[row]).isEqualTo(most);
                double sum = 0;
                for (int i = 0; i < 16; i++) {
                    sum += ownSums[row * 16 + i];
                }
                assertThat(sum).as("seed %s", seed).isCloseTo(expectedSum, within(1e-4));
                for (int i = 0; i < 96; i++) {
                    double before = attended[i] * (i / width == row ? factor : 1);
                    assertThat((double) ownAttended[i]).as("seed %s", seed).isCloseTo(before, within(1e-5));
                }
            }
        }
    }

    @Test
    void scoresBeyondTheRangeOfExpAreStillADistribution() {
        for (Kernels kernels : new Kernels[]{scalar, vector}) {
            var scores = new float[POSITIONS];
            Arrays.fill(scores, -1e30f);
            scores[0] = 1e30f;
            scores[2] = 1e30f;
            var sums = new float[16];
            kernels.foldScores(scores, 0, POSITIONS, 0, new float[]{Float.NEGATIVE_INFINITY}, sums, new float[32], 32);
            var expected = new float[POSITIONS];
            expected[0] = 1;
            expected[2] = 1;
            assertThat(scores).containsExactly(expected);
        }
    }
}
