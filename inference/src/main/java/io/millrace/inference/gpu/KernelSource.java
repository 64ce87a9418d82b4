package io.millrace.inference.gpu;

import io.millrace.inference.gguf.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The kernels: one source in what OpenCL C and CUDA C++ have in common, behind a prelude for each. Products and embeddings are made once for each tensor type, what deals with
 * the cache once for each type of cache.
 */
public final class KernelSource {
    /** The tensor types that there are kernels for. */
    public static final Set<TensorType> TYPES = Collections.unmodifiableSet(EnumSet.of(TensorType.F32, TensorType.F16,
            TensorType.BF16, TensorType.Q8_0, TensorType.Q4_0, TensorType.Q4_1, TensorType.Q5_0, TensorType.Q5_1,
            TensorType.Q2_K, TensorType.Q3_K, TensorType.Q4_K, TensorType.Q5_K, TensorType.Q6_K));

    /** The types that keys and values can be kept in. */
    public static final Set<TensorType> CACHE_TYPES = Collections
            .unmodifiableSet(EnumSet.of(TensorType.F32, TensorType.F16));

    /** Bytes behind the last row of a matrix that kernels may read. */
    public static final int PADDING_BYTES = 32;

    /** What divides the length of a row, so that vectors of four can be loaded. */
    public static final int ROW_MULTIPLE = 4;

    /** The most tokens of the products for few, whose kernels are called {@code multiply_1_TYPE} and {@code multiply_8_TYPE}. */
    public static final int FEW_TOKENS = 8;

    /** The most numbers of a head. */
    public static final int WIDEST_HEAD = 256;

    private static final String PTX = "kernels.ptx";

    private KernelSource() {}

    /** For OpenCL, with products of some types only: it is compiled where it runs, and that takes time. */
    static String openCl(Set<TensorType> types) {
        return source("opencl.prelude.c", types);
    }

    /** For CUDA, with everything. */
    static String cuda() {
        return source("cuda.prelude.c", TYPES);
    }

    private static String source(String prelude, Set<TensorType> types) {
        var all = new StringBuilder();
        for (String part : List.of(prelude, "common.c", "cache.c", "elementwise.c", "sampling.c")) {
            all.append(text(part));
        }
        for (TensorType type : EnumSet.copyOf(types)) {
            all.append(text("formats/" + type + ".c"));
            define(all, "FORMAT", type.name(), () -> {
                define(all, "TOKENS", "1", () -> all.append(text("few.c")));
                define(all, "TOKENS", String.valueOf(FEW_TOKENS), () -> all.append(text("few.c")));
                all.append(text("products.c"));
            });
        }
        for (TensorType type : CACHE_TYPES) {
            define(all, "CACHE", type.name(), () -> all.append(text("attention.c")));
        }
        return all.toString();
    }

    /** What is appended meanwhile sees a macro. */
    private static void define(StringBuilder all, String name, String value, Runnable meanwhile) {
        all.append("#define ").append(name).append(' ').append(value).append('\n');
        meanwhile.run();
        all.append("#undef ").append(name).append('\n');
    }

    /** What nvcc made of {@link #cuda}: assembly for a virtual processor, which any driver since 2018 compiles for the card. */
    static String ptx() {
        return text(PTX);
    }

    /** The first line of a {@link #ptx} that was made of this source. */
    static String ptxHeading() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(cuda().getBytes(StandardCharsets.UTF_8));
            return "// made of a source with the SHA-256 " + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String text(String name) {
        try (InputStream resource = KernelSource.class.getResourceAsStream(name)) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the kernels cannot be read", e);
        }
    }
}
