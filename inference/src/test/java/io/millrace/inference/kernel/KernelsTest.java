package io.millrace.inference.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.inference.SharedData;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelsTest {
    /** Of the sum of the products' sizes: single-precision sums of some thousand terms in another order. */
    private static final double SUM_TOLERANCE = 2e-6;

    private final long seed = System.nanoTime();
    private final RandomMatrices random = new RandomMatrices(new Random(seed));
    private final Kernels scalar = Kernels.scalar();
    private final Kernels vector = Kernels.fastest();

    static Stream<TensorType> types() {
        return Kernels.scalar().types().stream().sorted();
    }

    @Test
    void theFastestKernelsAreNotTheScalarOnesAndReadTheSameTypes() {
        assertThat(vector).isInstanceOf(VectorKernels.class);
        assertThat(vector.types()).isEqualTo(scalar.types());
    }

    @ParameterizedTest
    @MethodSource("types")
    void anyBytesAreDequantisedToTheSameBits(TensorType type) {
        for (int round = 0; round < 15; round++) {
            Matrix matrix = random.anything(type, 3, type.blockSize() * (1 + random.nextInt(70)));
            for (int row = 0; row < matrix.rows(); row++) {
                assertThat(dequantized(vector, matrix, row)).as("seed %s", seed)
                        .containsExactly(dequantized(scalar, matrix, row));
            }
        }
    }

    private static float[] dequantized(Kernels kernels, Matrix matrix, int row) {
        var out = new float[matrix.columns() + 2];
        kernels.dequantize(matrix, row, out, 1);
        return out;
    }

    @ParameterizedTest
    @MethodSource("types")
    void productsAreThoseOfTheDequantisedWeights(TensorType type) {
        for (int round = 0; round < 10; round++) {
            int tokens = 1 + random.nextInt(6);
            Matrix matrix = random.weights(type, 1 + random.nextInt(19), type.blockSize() * (1 + random.nextInt(40)));
            float[] x = random.values(tokens * matrix.columns());
            float[] expected = multiply(scalar, matrix, x, tokens);
            float[] actual = multiply(vector, matrix, x, tokens);
            for (int t = 0; t < tokens; t++) {
                for (int r = 0; r < matrix.rows(); r++) {
                    int i = t * matrix.rows() + r;
                    assertThat((double) actual[i])
                            .as("seed %s, %s x %s, row %s", seed, matrix.rows(), matrix.columns(), r)
                            .isCloseTo(expected[i], within(SUM_TOLERANCE * sizes(matrix, r, x, t * matrix.columns())));
                }
            }
        }
    }

    private double sizes(Matrix matrix, int row, float[] x, int xOffset) {
        float[] weights = dequantized(scalar, matrix, row);
        double sum = Float.MIN_NORMAL;
        for (int c = 0; c < matrix.columns(); c++) {
            sum += Math.abs((double) weights[1 + c] * x[xOffset + c]);
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("types")
    void aProductHasTheSameBitsInAnyCompanyAndShare(TensorType type) {
        for (int round = 0; round < 10; round++) {
            int tokens = 2 + random.nextInt(6);
            Matrix matrix = random.weights(type, 9, type.blockSize() * (1 + random.nextInt(40)));
            float[] x = random.values(tokens * matrix.columns());
            float[] together = multiply(vector, matrix, x, tokens);
            for (int t = 0; t < tokens; t++) {
                var alone = new float[matrix.rows()];
                float[] own = Arrays.copyOfRange(x, t * matrix.columns(), (t + 1) * matrix.columns());
                var scratch = new float[Kernels.SCRATCH_ROWS * matrix.columns()];
                vector.multiply(matrix, 0, 4, own, 1, alone, scratch);
                vector.multiply(matrix, 4, matrix.rows(), own, 1, alone, scratch);
                assertThat(alone).as("seed %s", seed).containsExactly(
                        Arrays.copyOfRange(together, t * matrix.rows(), (t + 1) * matrix.rows()));
            }
        }
    }

    private static float[] multiply(Kernels kernels, Matrix matrix, float[] x, int tokens) {
        var y = new float[tokens * matrix.rows()];
        kernels.multiply(matrix, 0, matrix.rows(), x, tokens, y, new float[Kernels.SCRATCH_ROWS * matrix.columns()]);
        return y;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 16, 31, 32, 33, 64, 128, 1000})
    void theOtherKernelsAgreeWithPlainLoopsForAnyLength(int count) {
        float[] x = random.values(count + 1);
        float[] expected = x.clone();
        float[] actual = x.clone();
        scalar.add(x, 1, expected, 1, count);
        vector.add(x, 1, actual, 1, count);
        assertThat(actual).as("seed %s", seed).containsExactly(expected);

        scalar.swiglu(expected, x, 1, count);
        vector.swiglu(actual, x, 1, count);
        assertThat(actual).as("seed %s", seed).containsExactly(expected, within(1e-6f * 100));

        var expectedNorm = new float[count];
        var actualNorm = new float[count];
        float[] weight = random.values(count);
        scalar.rmsNorm(x, 1, weight, 1e-5f, expectedNorm, 0);
        vector.rmsNorm(x, 1, weight, 1e-5f, actualNorm, 0);
        assertThat(actualNorm).as("seed %s", seed).containsExactly(expectedNorm, within(1e-5f * 16));
    }

    /** How work is shared out depends on the batch, whose tokens' numbers must not. */
    @Test
    void swigluHasTheSameBitsHoweverItIsCutUp() {
        float[] gate = random.values(173);
        float[] up = random.values(173);
        float[] whole = gate.clone();
        vector.swiglu(whole, up, 0, gate.length);
        for (int cut = 0; cut <= gate.length; cut++) {
            float[] parts = gate.clone();
            vector.swiglu(parts, up, 0, cut);
            vector.swiglu(parts, up, cut, gate.length - cut);
            assertThat(parts).as("seed %s, cut at %s", seed, cut).containsExactly(whole);
        }
    }

    @Test
    void swigluOfExtremesIsTheirLimit() {
        for (Kernels kernels : new Kernels[]{scalar, vector}) {
            float[] gate = {-1e30f, 1e30f, -100, 0};
            kernels.swiglu(gate, new float[]{1, 1, 1, 1}, 0, 4);
            assertThat(gate).containsExactly(new float[]{0, 1e30f, 0, 0}, within(1e-30f));
        }
    }

    static Stream<String> quantisedFiles() {
        return SharedData.golden("dequantised.json").propertyStream().map(Map.Entry::getKey);
    }

    @ParameterizedTest
    @MethodSource("quantisedFiles")
    void dequantisedValuesAreTheReferences(String type) throws NoSuchAlgorithmException {
        JsonNode golden = SharedData.golden("dequantised.json").get(type);
        try (Gguf file = Gguf.open(SharedData.model("quants/synthetic-" + type + ".gguf"))) {
            for (Map.Entry<String, JsonNode> tensor : golden.properties()) {
                assertThat(sha256(Matrix.of(file.tensor(tensor.getKey())))).as(tensor.getKey())
                        .isEqualTo(tensor.getValue().get("sha256").asText());
            }
        }
    }

    /** Types that the golden files lack: 64 blocks of any bytes, as ggml's own loops read them (NaN as 0x7fc00000). */
    @ParameterizedTest
    @CsvSource({
            "IQ1_M, e63dd5cebf7f65c9f717a2f6a0a038aef03e2885c2f6fb5e6e4a62bc38babe00",
            "IQ1_S, a17c68506a2cb6390628bbfb7e0abd56fbf3881e50c460b627d6f1e578c6ee9a",
            "IQ2_S, fa1ae3e6ddf931cde2bbcd24a3a581a71cedf45751ca48c9c15992c6c74c1be8",
            "IQ2_XS, e5244f94675ee03a9b297192a24dae015e0cadcaf70f19fe52ba40435b1a5087",
            "IQ2_XXS, febb7f931b3bed4f5b7ff4ca918014f9b5e8c1ce37450db945bc5396b8e5b575",
            "IQ3_S, 865c19ab2b100e3ad70e1662a9e678944725cafd3b6249d6d3bd9ad779b99bcb",
            "IQ3_XXS, 7e7a06cd12511b93d34dd9aa48fc84e06f6d8b13f973e36b7c29f18518b0931c"})
    void gridTypesAreReadAsGgmlReadsThem(TensorType type, String expected) throws NoSuchAlgorithmException {
        int blocks = 64;
        var bytes = new byte[blocks * type.blockBytes()];
        int state = 12345;
        for (int i = 0; i < bytes.length; i++) {
            state = state * 1103515245 + 12345;
            bytes[i] = (byte) (state >>> 16);
        }
        assertThat(sha256(new Matrix("any", type, 1, blocks * type.blockSize(), MemorySegment.ofArray(bytes))))
                .isEqualTo(expected);
    }

    private String sha256(Matrix matrix) throws NoSuchAlgorithmException {
        var digest = MessageDigest.getInstance("SHA-256");
        var row = new float[matrix.columns()];
        ByteBuffer bytes = ByteBuffer.allocate(row.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int r = 0; r < matrix.rows(); r++) {
            vector.dequantize(matrix, r, row, 0);
            bytes.clear();
            for (float value : row) {
                bytes.putInt(Float.floatToIntBits(value));
            }
            bytes.flip();
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
