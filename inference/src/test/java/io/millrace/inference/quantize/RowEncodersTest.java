package io.millrace.inference.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.inference.SharedData;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.Tensor;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Kernels;
import io.millrace.inference.kernel.Matrix;
import io.millrace.inference.model.SyntheticModel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowEncodersTest {
    /** Root mean square error of normally distributed weights, of their standard deviation: measured, plus a quarter. */
    private static final Map<TensorType, Double> ERRORS = Map.ofEntries(
            Map.entry(TensorType.F32, 1e-9), Map.entry(TensorType.F16, 0.00026), Map.entry(TensorType.BF16, 0.0021),
            Map.entry(TensorType.Q8_0, 0.0068), Map.entry(TensorType.Q4_0, 0.108), Map.entry(TensorType.Q4_1, 0.098),
            Map.entry(TensorType.Q5_0, 0.054), Map.entry(TensorType.Q5_1, 0.049), Map.entry(TensorType.Q2_K, 0.37),
            Map.entry(TensorType.Q3_K, 0.19), Map.entry(TensorType.Q4_K, 0.089), Map.entry(TensorType.Q5_K, 0.046),
            Map.entry(TensorType.Q6_K, 0.0225), Map.entry(TensorType.IQ4_NL, 0.095),
            Map.entry(TensorType.IQ4_XS, 0.096),
            Map.entry(TensorType.IQ3_XXS, 0.27), Map.entry(TensorType.IQ3_S, 0.21),
            Map.entry(TensorType.IQ2_S, 0.36), Map.entry(TensorType.IQ2_XS, 0.42), Map.entry(TensorType.IQ2_XXS, 0.47),
            Map.entry(TensorType.IQ1_M, 0.6), Map.entry(TensorType.IQ1_S, 0.65), Map.entry(TensorType.TQ1_0, 1.0),
            Map.entry(TensorType.TQ2_0, 1.0));

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    static Stream<TensorType> types() {
        return RowEncoders.types().stream();
    }

    @ParameterizedTest
    @ValueSource(strings = {"F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q2_K", "Q3_K_S", "Q4_K_S", "Q5_K_S",
            "Q6_K", "IQ4_NL", "IQ4_XS", "IQ3_XXS", "IQ3_S", "TQ1_0", "TQ2_0"})
    void theSyntheticModelHasTheReferencesBytes(String name) {
        Gguf source = SyntheticModel.build();
        try (Gguf reference = Gguf.open(SharedData.model("quants/synthetic-" + name + ".gguf"))) {
            for (Tensor tensor : reference.tensors()) {
                float[] weights = weights(source.tensor(tensor.name()));
                byte[] expected = tensor.data().toArray(ValueLayout.JAVA_BYTE);
                assertThat(differingBlocks(tensor.type(), encoded(tensor.type(), weights), expected))
                        .as("differing blocks of %s, %s", tensor.name(), tensor.type()).isZero();
            }
        }
    }

    /** SHA-256 of what ggml_quantize_chunk writes (llama.cpp, as node-llama-cpp 3.22.1 has it), given that importance. */
    @ParameterizedTest
    @CsvSource({"IQ3_S, 5, 74295f589b536d81b7f40ab32c43460c89067f7b8bc5f3a7c5b060452dde44e8",
            "IQ3_XXS, 5, e42b16a98bb0de36c860bf315fdc8fbb7a2cdc4402b3305cdf44998b803173b8",
            "IQ2_S, 1, 844810ab3710ed63ffbae69d2780dd59e62d1647f6ad13a712e255d13262fbf4",
            "IQ2_S, 5, cc7060bfef31ac75afeb5290931008e7de9c94611c57cbb491bae203fad104cd",
            "IQ2_XS, 1, 9bfc119428e8efc96f591ae27d6ab5588d99c1e98a940eb848c8312cd03289ff",
            "IQ2_XS, 5, 6ac794c7a5050e3035b657591380e11c48d70513daf6b7aa47f928c787793b4d",
            "IQ2_XXS, 1, e87b1eff23af34772c319acf36b8a84c203aee3b9d8c4fb290c30cc46cf37bcf",
            "IQ2_XXS, 5, e63a430d65484bb53c08b6efa3f9f8efc672daad26852e6fab30680396adb514",
            "IQ1_M, 1, 11aed35e5c70d67c6fcf51e29e9e88c4ce627d18de018cfe1372905f54c435da",
            "IQ1_M, 5, 5c38b373c4b32bf7e53ad46cdb09a525678a726adf0ffd31b49ac40583a07cda",
            "IQ1_S, 1, 0d610cc5780152f6f9381b2f778e35d5073cc092a723650ff31d7353c20a90cb",
            "IQ1_S, 5, 4f292bc6fb619761e28b182279ca74ea5cf86cb7495e73d6778cea39881db209"})
    void anImportanceMatrixGivesTheReferencesBytes(TensorType type, int kinds, String expected) throws Exception {
        Tensor tensor = SyntheticModel.build().tensor("blk.0.ffn_down.weight");
        float[] weights = weights(tensor);
        var importance = new float[tensor.columns()];
        for (int i = 0; i < importance.length; i++) {
            importance[i] = 1 + i % kinds;
        }
        RowEncoder encoder = RowEncoders.of(type).orElseThrow();
        ByteBuffer out = ByteBuffer.allocate((int) type.bytes(weights.length));
        for (int row = 0; row < tensor.rows(); row++) {
            encoder.encode(weights, row * importance.length, importance, out);
        }
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(out.array());
        assertThat(HexFormat.of().formatHex(hash)).isEqualTo(expected);
        if (kinds == 1) {
            assertThat(encoded(type, weights)).as("without an importance").isEqualTo(out.array());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"IQ3_S", "IQ3_XXS", "IQ2_S", "IQ2_XS", "IQ2_XXS", "IQ1_M", "IQ1_S"})
    void columnsOfNoImportanceAreEncodedToo(TensorType type) {
        float[] weights = normal(256);
        ByteBuffer out = ByteBuffer.allocate(type.blockBytes());
        RowEncoders.of(type).orElseThrow().encode(weights, 0, new float[256], out);
        for (float weight : decoded(type, out.array(), 256)) {
            assertThat(weight).as("seed %s", seed).isBetween(-10f, 10f);
        }
    }

    /** Of several types the one with more bits is the better. */
    @Test
    void moreBitsLoseLess() {
        float[] weights = normal(256 * 64);
        double least = 0;
        for (TensorType type : List.of(TensorType.IQ3_S, TensorType.IQ3_XXS, TensorType.IQ2_S, TensorType.IQ2_XS,
                TensorType.IQ2_XXS, TensorType.IQ1_M, TensorType.IQ1_S)) {
            double error = rootMeanSquareError(weights, decoded(type, encoded(type, weights), weights.length));
            assertThat(error).as("%s, seed %s", type, seed).isGreaterThan(least);
            least = error;
        }
    }

    private static int differingBlocks(TensorType type, byte[] actual, byte[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        int differing = 0;
        for (int at = 0; at < expected.length; at += type.blockBytes()) {
            int end = at + type.blockBytes();
            if (!Arrays.equals(actual, at, end, expected, at, end)) {
                differing++;
            }
        }
        return differing;
    }

    @ParameterizedTest
    @MethodSource("types")
    void whatWasWrittenIsReadBackWithinTheTypesError(TensorType type) {
        float[] weights = normal(256 * 64);
        float[] read = decoded(type, encoded(type, weights), weights.length);
        assertThat(rootMeanSquareError(weights, read)).as("seed %s", seed).isLessThan(ERRORS.get(type));
    }

    private static double rootMeanSquareError(float[] expected, float[] actual) {
        double squares = 0;
        for (int i = 0; i < expected.length; i++) {
            double error = expected[i] - actual[i];
            squares += error * error;
        }
        return Math.sqrt(squares / expected.length);
    }

    @ParameterizedTest
    @MethodSource("types")
    void zeroesStayZeroes(TensorType type) {
        assertThat(decoded(type, encoded(type, new float[512]), 512)).containsExactly(new float[512], within(0f));
    }

    @ParameterizedTest
    @MethodSource("types")
    void zeroesAmongWeightsLeaveTheOthersInTheirPlaces(TensorType type) {
        float[] weights = normal(512);
        for (int i = 0; i < weights.length; i++) {
            if (i / 32 % 3 == 0) {
                weights[i] = 0;
            }
        }
        float[] read = decoded(type, encoded(type, weights), weights.length);
        assertThat(rootMeanSquareError(weights, read)).as("seed %s", seed).isLessThan(2 * ERRORS.get(type));
    }

    @ParameterizedTest
    @MethodSource("types")
    void weightsOfAnySizeAreReadBackOrRefused(TensorType type) {
        for (float size = Float.MIN_VALUE; size < 1e38f; size *= 30_000) {
            float[] weights = normal(256);
            for (int i = 0; i < weights.length; i++) {
                weights[i] *= size;
            }
            try {
                for (float weight : decoded(type, encoded(type, weights), weights.length)) {
                    assertThat((double) Math.abs(weight)).as("seed %s, size %s", seed, size)
                            .isLessThan(Math.max(10 * size, 1e-4));
                }
            } catch (IllegalArgumentException e) {
                assertThat(size).as("seed %s", seed).isGreaterThan(1000);
                assertThat(e).hasMessageContaining("too large for " + type);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void aWeightThatIsNotFiniteIsRefusedWithItsPlace(TensorType type) {
        for (float bad : new float[]{Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            float[] weights = normal(512);
            weights[300] = bad;
            ByteBuffer out = ByteBuffer.allocate((int) type.bytes(512));
            RowEncoder encoder = RowEncoders.of(type).orElseThrow();
            assertThatThrownBy(() -> encoder.encode(weights, 0, 512, out))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("weight 300 is " + bad)
                    .hasMessageContaining(type.name());
            assertThat(out.position()).isZero();
        }
    }

    @Test
    void aRowFromTheMiddleIsAppendedToWhatIsThere() {
        float[] weights = normal(100);
        byte[] expected = encoded(TensorType.Q8_0, Arrays.copyOfRange(weights, 7, 71));
        ByteBuffer out = ByteBuffer.allocate(80).put((byte) 1);
        RowEncoders.of(TensorType.Q8_0).orElseThrow().encode(weights, 7, 64, out);
        assertThat(out.position()).isEqualTo(1 + expected.length);
        assertThat(Arrays.copyOfRange(out.array(), 1, 1 + expected.length)).isEqualTo(expected);
    }

    @Test
    void wrongCountsAndTooLittleRoomAreRefused() {
        RowEncoder encoder = RowEncoders.of(TensorType.Q8_0).orElseThrow();
        assertThatThrownBy(() -> encoder.encode(new float[40], 0, 40, ByteBuffer.allocate(100)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("40 weights")
                .hasMessageContaining("Q8_0").hasMessageContaining("multiple of 32");
        assertThatThrownBy(() -> encoder.encode(new float[40], 10, 32, ByteBuffer.allocate(100)))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> encoder.encode(new float[32], 0, 32, ByteBuffer.allocate(33)))
                .isInstanceOf(BufferOverflowException.class);
    }

    @Test
    void aTypeThatCannotBeWrittenHasNoEncoder() {
        assertThat(RowEncoders.of(TensorType.MXFP4)).isEmpty();
        assertThat(RowEncoders.types()).doesNotContain(TensorType.MXFP4);
    }

    @Test
    void theLargestFloatBelowAHalfIsRoundedToZero() {
        assertThat(Rounding.awayFromZero(0.49999997f)).isZero();
        assertThat(Rounding.awayFromZero(-2.5f)).isEqualTo(-3);
        assertThat(Rounding.toEven(2.5f)).isEqualTo(2);
        assertThat(Rounding.toEven(-3.5f)).isEqualTo(-4);
    }

    private static float[] weights(Tensor tensor) {
        return tensor.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
    }

    private static byte[] encoded(TensorType type, float[] weights) {
        ByteBuffer out = ByteBuffer.allocate((int) type.bytes(weights.length));
        RowEncoders.of(type).orElseThrow().encode(weights, 0, weights.length, out);
        assertThat(out.remaining()).isZero();
        return out.array();
    }

    private static float[] decoded(TensorType type, byte[] bytes, int count) {
        var read = new float[count];
        Kernels.scalar().dequantize(new Matrix("encoded", type, 1, count, MemorySegment.ofArray(bytes)), 0, read, 0);
        return read;
    }

    private float[] normal(int count) {
        var weights = new float[count];
        for (int i = 0; i < count; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        return weights;
    }
}
