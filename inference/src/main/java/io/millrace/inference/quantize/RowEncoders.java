package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The tensor types that can be written: one line a type. */
public final class RowEncoders {
    private static final Map<TensorType, Supplier<RowEncoder>> REGISTERED = new EnumMap<>(TensorType.class);

    static {
        REGISTERED.put(TensorType.F32, F32Encoder::new);
        REGISTERED.put(TensorType.F16, F16Encoder::new);
        REGISTERED.put(TensorType.BF16, BF16Encoder::new);
        REGISTERED.put(TensorType.Q8_0, Q8_0Encoder::new);
        REGISTERED.put(TensorType.Q4_0, Q4_0Encoder::new);
        REGISTERED.put(TensorType.Q4_1, Q4_1Encoder::new);
        REGISTERED.put(TensorType.Q5_0, Q5_0Encoder::new);
        REGISTERED.put(TensorType.Q5_1, Q5_1Encoder::new);
        REGISTERED.put(TensorType.Q2_K, Q2_KEncoder::new);
        REGISTERED.put(TensorType.Q3_K, Q3_KEncoder::new);
        REGISTERED.put(TensorType.Q4_K, Q4_KEncoder::new);
        REGISTERED.put(TensorType.Q5_K, Q5_KEncoder::new);
        REGISTERED.put(TensorType.Q6_K, Q6_KEncoder::new);
        REGISTERED.put(TensorType.IQ4_NL, IQ4_NLEncoder::new);
        REGISTERED.put(TensorType.IQ4_XS, IQ4_XSEncoder::new);
        REGISTERED.put(TensorType.IQ3_XXS, IQ3_XXSEncoder::new);
        REGISTERED.put(TensorType.IQ3_S, IQ3_SEncoder::new);
        REGISTERED.put(TensorType.IQ2_XXS, IQ2_XXSEncoder::new);
        REGISTERED.put(TensorType.IQ2_XS, IQ2_XSEncoder::new);
        REGISTERED.put(TensorType.IQ2_S, IQ2_SEncoder::new);
        REGISTERED.put(TensorType.IQ1_S, IQ1_SEncoder::new);
        REGISTERED.put(TensorType.IQ1_M, IQ1_MEncoder::new);
        REGISTERED.put(TensorType.TQ1_0, TQ1_0Encoder::new);
        REGISTERED.put(TensorType.TQ2_0, TQ2_0Encoder::new);
    }

    private static final Set<TensorType> NEED_IMPORTANCE = EnumSet.of(TensorType.IQ1_S, TensorType.IQ1_M,
            TensorType.IQ2_XXS, TensorType.IQ2_XS, TensorType.IQ2_S);
    private static final Set<TensorType> USE_IMPORTANCE = EnumSet.copyOf(NEED_IMPORTANCE);

    static {
        USE_IMPORTANCE.addAll(Set.of(TensorType.IQ3_XXS, TensorType.IQ3_S));
    }

    private RowEncoders() {}

    /** Whether a type has so few bits that it is to be made with an importance matrix; without, its encoder takes all columns for alike. */
    public static boolean needsImportance(TensorType type) {
        return NEED_IMPORTANCE.contains(type);
    }

    /** Whether a type's encoder makes use of an importance matrix. */
    public static boolean usesImportance(TensorType type) {
        return USE_IMPORTANCE.contains(type);
    }

    /** The types that {@link #of} has an encoder for. */
    public static Set<TensorType> types() {
        return Collections.unmodifiableSet(REGISTERED.keySet());
    }

    /** A type's encoder, made anew: keep it for all rows, since some build large tables first. */
    public static Optional<RowEncoder> of(TensorType type) {
        return Optional.ofNullable(REGISTERED.get(type)).map(Supplier::get);
    }
}
