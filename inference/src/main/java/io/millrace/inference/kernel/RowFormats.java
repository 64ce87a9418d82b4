package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** Where a tensor type is registered: one line a type. */
final class RowFormats {
    /**
     * A type's two implementations, made when wanted: the plain loops, and the list of types, do without the vector module. So lambdas
     * make those with vectors: a reference to a constructor links its class at once.
     */
    private record Registration(Supplier<ScalarRows> scalar, Supplier<RowFormat> vector) {}

    /** Reads rows in plain loops, but leaves products to those who sum them up as other vectors do. */
    private record ReadOnly(ScalarRows rows) implements RowFormat {
        @Override
        public void dequantize(MemorySegment data, long offset, int count, float[] out, int outOffset) {
            rows.dequantize(data, offset, count, out, outOffset);
        }
    }

    private static final Map<TensorType, Registration> REGISTERED = new EnumMap<>(TensorType.class);

    static {
        register(TensorType.F32, F32Rows.Scalar::new, () -> new F32Rows.Vector());
        register(TensorType.F16, F16Rows.Scalar::new, () -> new F16Rows.Vector());
        register(TensorType.BF16, BF16Rows.Scalar::new, () -> new BF16Rows.Vector());
        register(TensorType.Q8_0, Q8_0Rows.Scalar::new, () -> new Q8_0Rows.Vector());
        register(TensorType.Q4_0, Q4_0Rows.Scalar::new, () -> new Q4_0Rows.Vector());
        register(TensorType.Q4_1, Q4_1Rows.Scalar::new, () -> new Q4_1Rows.Vector());
        register(TensorType.Q5_0, Q5_0Rows.Scalar::new, () -> new Q5_0Rows.Vector());
        register(TensorType.Q5_1, Q5_1Rows.Scalar::new, () -> new Q5_1Rows.Vector());
        register(TensorType.Q2_K, Q2_KRows.Scalar::new, () -> new Q2_KRows.Vector());
        register(TensorType.Q3_K, Q3_KRows.Scalar::new, () -> new Q3_KRows.Vector());
        register(TensorType.Q4_K, Q4_KRows.Scalar::new, () -> new Q4_KRows.Vector());
        register(TensorType.Q5_K, Q5_KRows.Scalar::new, () -> new Q5_KRows.Vector());
        register(TensorType.Q6_K, Q6_KRows.Scalar::new, () -> new Q6_KRows.Vector());
        register(TensorType.IQ4_NL, IQ4_NLRows.Scalar::new, () -> new IQ4_NLRows.Vector());
        register(TensorType.IQ4_XS, IQ4_XSRows.Scalar::new, () -> new IQ4_XSRows.Vector());
        register(TensorType.TQ1_0, TQ1_0Rows.Scalar::new, () -> new TQ1_0Rows.Vector());
        register(TensorType.TQ2_0, TQ2_0Rows.Scalar::new, () -> new TQ2_0Rows.Vector());
        registerGrid(TensorType.IQ2_XXS, IQ2_XXSRows::new);
        registerGrid(TensorType.IQ2_XS, IQ2_XSRows::new);
        registerGrid(TensorType.IQ2_S, IQ2_SRows::new);
        registerGrid(TensorType.IQ3_XXS, IQ3_XXSRows::new);
        registerGrid(TensorType.IQ3_S, IQ3_SRows::new);
        registerGrid(TensorType.IQ1_S, IQ1_SRows::new);
        registerGrid(TensorType.IQ1_M, IQ1_MRows::new);
    }

    static final Map<TensorType, ScalarRows> SCALAR = all(Registration::scalar);

    private RowFormats() {}

    private static void register(TensorType type, Supplier<ScalarRows> scalar, Supplier<RowFormat> vector) {
        REGISTERED.put(type, new Registration(scalar, vector));
    }

    /** Groups of eight weights are vectors of 256 bits; where there are none, plain loops are faster. */
    private static void registerGrid(TensorType type, Supplier<GridFormat> format) {
        Supplier<ScalarRows> scalar = () -> new GridScalar(type, format.get());
        register(type, scalar,
                () -> Lanes.COUNT < 8 ? new ReadOnly(scalar.get()) : new GridVector(type, format.get()));
    }

    private static <F> Map<TensorType, F> all(Function<Registration, Supplier<F>> which) {
        Map<TensorType, F> formats = new EnumMap<>(TensorType.class);
        REGISTERED.forEach((type, registration) -> formats.put(type, which.apply(registration).get()));
        return formats;
    }

    /** Apart from the scalar ones, so that those can be used without the vector module. */
    static final class Vectorised {
        static final Map<TensorType, RowFormat> ALL = all(Registration::vector);

        private Vectorised() {}
    }
}
