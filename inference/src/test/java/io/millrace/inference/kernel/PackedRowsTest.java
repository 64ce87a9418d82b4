package io.millrace.inference.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PackedRowsTest {
    /**
     * Of the sum of the products' sizes: single-precision sums of some thousand terms, and codes that are summed up with a bias taken
     * out.
     */
    private static final double SUM_TOLERANCE = 1e-5;

    /** The JIT needs this long on a busy machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final long seed = System.nanoTime();
    private final RandomMatrices random = new RandomMatrices(new Random(seed));

    static Stream<TensorType> types() {
        return Kernels.scalar().types().stream().filter(PackedRows::packs).sorted();
    }

    @ParameterizedTest
    @MethodSource("types")
    void productsAreThoseOfTheWeightsWithTheActivationsAsTheyAreRead(TensorType type) {
        for (int round = 0; round < 12; round++) {
            int tokens = 1 + random.nextInt(19);
            Matrix matrix = random.weights(type, 1 + random.nextInt(99), type.blockSize() * (1 + random.nextInt(20)));
            Activations x = activations(random.values(tokens * matrix.columns()), tokens, matrix.columns());
            float[] y = multiply(matrix, x, tokens);
            for (int t = 0; t < tokens; t++) {
                float[] read = asRead(x, t * matrix.columns(), matrix.columns(), isRounded(type));
                for (int r = 0; r < matrix.rows(); r++) {
                    assertProduct(matrix, r, read, y[t * matrix.rows() + r]);
                }
            }
        }
    }

    private void assertProduct(Matrix matrix, int row, float[] x, float actual) {
        var weights = new float[matrix.columns()];
        Kernels.scalar().dequantize(matrix, row, weights, 0);
        double sum = 0;
        double sizes = Float.MIN_NORMAL;
        for (int c = 0; c < x.length; c++) {
            sum += (double) weights[c] * x[c];
            sizes += Math.abs((double) weights[c] * x[c]);
        }
        assertThat((double) actual).as("seed %s, %s columns, row %s of %s", seed, x.length, row, matrix.rows())
                .isCloseTo(sum, within(SUM_TOLERANCE * sizes));
    }

    private static boolean isRounded(TensorType type) {
        return switch (type) {
            case Q4_0, Q4_1, Q4_K, Q6_K -> true;
            default -> false;
        };
    }

    /** A token's activations, rounded to 8 bits where the kernel does so: the definition of {@link ActivationCodes}. */
    private static float[] asRead(Activations x, int from, int columns, boolean rounded) {
        float[] values = Arrays.copyOfRange(x.values(), from, from + columns);
        for (int block = 0; rounded && block < columns; block += Activations.BLOCK) {
            float most = 0;
            for (int c = block; c < block + Activations.BLOCK; c++) {
                most = Math.max(most, Math.abs(values[c]));
            }
            float scale = most / 127;
            for (int c = block; c < block + Activations.BLOCK && scale > 0; c++) {
                values[c] = (float) Math.rint(values[c] * (1 / scale)) * scale;
            }
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("types")
    void aProductHasTheSameBitsInAnyCompanyAndShare(TensorType type) {
        for (int round = 0; round < 8; round++) {
            int tokens = 2 + random.nextInt(19);
            int rows = 70;
            Matrix matrix = random.weights(type, rows, type.blockSize() * (1 + random.nextInt(20)));
            int columns = matrix.columns();
            float[] values = random.values(tokens * columns);
            float[] together = multiply(matrix, activations(values, tokens, columns), tokens);
            for (int t = 0; t < tokens; t++) {
                Activations own = activations(Arrays.copyOfRange(values, t * columns, (t + 1) * columns), 1, columns);
                var alone = new float[rows];
                try (Arena arena = Arena.ofConfined()) {
                    new PackedRows(matrix, 0, 32, arena).multiply(own, 1, alone, scratch(columns));
                    new PackedRows(matrix, 32, rows, arena).multiply(own, 1, alone, scratch(columns));
                }
                assertThat(alone).as("seed %s", seed)
                        .containsExactly(Arrays.copyOfRange(together, t * rows, (t + 1) * rows));
            }
        }
    }

    /** The constants were computed with vectors of 512 bits. */
    @ParameterizedTest
    @CsvSource({"Q4_0, 478542240", "Q4_1, -289455137", "Q4_K, -1081739916", "Q6_K, -1023799686"})
    void aProductHasTheSameBitsWithVectorsOfAnyWidth(TensorType type, int expected) {
        var fixed = new RandomMatrices(new Random(42));
        Matrix matrix = fixed.weights(type, 45, 512);
        assertThat(Arrays.hashCode(multiply(matrix, activations(fixed.values(13 * 512), 13, 512), 13)))
                .isEqualTo(expected);
    }

    /** So its bits are those of this loop with vectors of any width. */
    @ParameterizedTest
    @EnumSource(names = "Q8_0")
    void aProductWithUnroundedActivationsIsOneChainOfAdditions(TensorType type) {
        for (int round = 0; round < 8; round++) {
            int tokens = 1 + random.nextInt(19);
            Matrix matrix = random.weights(type, 1 + random.nextInt(99), type.blockSize() * (1 + random.nextInt(20)));
            int columns = matrix.columns();
            Activations x = activations(random.values(tokens * columns), tokens, columns);
            float[] y = multiply(matrix, x, tokens);
            var weights = new float[columns];
            for (int r = 0; r < matrix.rows(); r++) {
                Kernels.scalar().dequantize(matrix, r, weights, 0);
                for (int t = 0; t < tokens; t++) {
                    float product = 0;
                    for (int c = 0; c < columns; c++) {
                        product = Math.fma(weights[c], x.values()[t * columns + c], product);
                    }
                    assertThat(y[t * matrix.rows() + r]).as("seed %s, row %s, token %s", seed, r, t).isEqualTo(product);
                }
            }
        }
    }

    /** So its bits are those of this loop, the definition of {@link Q6_KPanels}, with vectors of any width. */
    @Test
    void aProductOfSixBitsIsThatOfPlainLoops() {
        for (int round = 0; round < 8; round++) {
            int tokens = 1 + random.nextInt(19);
            Matrix matrix = random.weights(TensorType.Q6_K, 1 + random.nextInt(99), 256 * (1 + random.nextInt(20)));
            Activations x = activations(random.values(tokens * matrix.columns()), tokens, matrix.columns());
            float[] y = multiply(matrix, x, tokens);
            for (int r = 0; r < matrix.rows(); r++) {
                for (int t = 0; t < tokens; t++) {
                    assertThat(y[t * matrix.rows() + r]).as("seed %s, row %s, token %s", seed, r, t)
                            .isEqualTo(sixBitProduct(matrix, r, x.codes(), t));
                }
            }
        }
    }

    private static float sixBitProduct(Matrix matrix, int row, ActivationCodes x, int token) {
        float product = 0;
        for (int from = 0; from < matrix.columns(); from += 256) {
            long block = row * matrix.rowBytes() + from / 256 * 210L;
            float inner = 0;
            for (int b = from; b < from + 256; b += 32) {
                int sum = 0;
                for (int c = b; c < b + 32; c++) {
                    int code = (int) (Q6_KRows.codes(matrix.data(), block, (c - from) / 8 * 8) >>> c % 8 * 8) & 63;
                    sum += (code - 32) * Fields.signedByte(matrix.data(), block + Q6_KRows.SCALES + (c - from) / 16)
                            * ActivationCodes.code(x.pairs()[token * matrix.columns() + c]);
                }
                inner = Math.fma(sum, x.scales()[(token * matrix.columns() + b) / 32], inner);
            }
            product = Math.fma(inner, Fields.half(matrix.data(), block + Q6_KRows.FACTOR), product);
        }
        return product;
    }

    /** Sums of 16 bits must hold eight of the largest products. */
    @Test
    void theLargestCodesOfSixBitsDoNotOverflow() {
        var bytes = new byte[TensorType.Q6_K.blockBytes()];
        Arrays.fill(bytes, 192, 208, (byte) -128);
        MemorySegment data = MemorySegment.ofArray(bytes);
        data.set(Layouts.SHORT, 208, Float.floatToFloat16(1));
        var matrix = new Matrix("largest", TensorType.Q6_K, 1, 256, data);
        for (int tokens : new int[]{1, 4}) {
            var values = new float[tokens * 256];
            Arrays.fill(values, -127);
            assertThat(multiply(matrix, activations(values, tokens, 256), tokens)).containsOnly(-256 * 32 * 128 * 127f);
        }
    }

    /** Sums of 16 bits must hold 32 of the largest products. */
    @ParameterizedTest
    @CsvSource({"Q4_0, 0, -8", "Q4_0, 255, 7"})
    void theLargestCodesDoNotOverflow(TensorType type, int codes, int weight) {
        var bytes = new byte[2 * type.blockBytes()];
        Arrays.fill(bytes, (byte) codes);
        MemorySegment data = MemorySegment.ofArray(bytes);
        for (int block = 0; block < 2; block++) {
            data.set(Layouts.SHORT, (long) block * type.blockBytes(), Float.floatToFloat16(1));
        }
        var values = new float[64];
        Arrays.fill(values, 1);
        for (float sign : new float[]{1, -1}) {
            values[0] = sign;
            Arrays.fill(values, sign);
            float[] y = multiply(new Matrix("largest", type, 1, 64, data), activations(values, 1, 64), 1);
            assertThat(y[0]).isCloseTo(sign * 64 * weight, within(1e-3f));
        }
    }

    /** A vector that a kernel hands to a helper which is not inlined would be an object. */
    @ParameterizedTest
    @MethodSource("types")
    void aProductAllocatesNothingOnceItIsCompiled(TensorType type) {
        Matrix matrix = random.weights(type, 64, 1024);
        Activations x = activations(random.values(5 * 1024), 5, 1024);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var y = new float[5 * 64];
        float[] scratch = scratch(1024);
        try (Arena arena = Arena.ofConfined()) {
            var rows = new PackedRows(matrix, 0, 64, arena);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            long allocated = 1;
            while (allocated != 0 && System.nanoTime() < deadline) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 100; i++) {
                    rows.multiply(x, 5, y, scratch);
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertThat(allocated).as("bytes allocated by 100 products").isZero();
        }
    }

    @Test
    void otherTypesAreNotPacked() {
        Matrix matrix = random.weights(TensorType.F32, 1, 32);
        assertThatThrownBy(() -> new PackedRows(matrix, 0, 1, Arena.ofAuto()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("F32");
    }

    private static Activations activations(float[] values, int tokens, int columns) {
        var x = new Activations(tokens, columns);
        System.arraycopy(values, 0, x.values(), 0, values.length);
        x.prepare(0, tokens, columns);
        return x;
    }

    private static float[] multiply(Matrix matrix, Activations x, int tokens) {
        var y = new float[tokens * matrix.rows()];
        try (Arena arena = Arena.ofConfined()) {
            new PackedRows(matrix, 0, matrix.rows(), arena).multiply(x, tokens, y, scratch(matrix.columns()));
        }
        return y;
    }

    private static float[] scratch(int columns) {
        return new float[PackedRows.scratch(columns)];
    }
}
