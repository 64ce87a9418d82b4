package io.millrace.inference.gpu;

import io.millrace.inference.gguf.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The kernels: one source in what OpenCL C and CUDA C++ have in common, behind a prelude for each. Products and embeddings are made once for each tensor type, what deals with
 * the cache once for each type of cache, or for each width of heads where there are matrix units.
 */
public final class KernelSource {
    /** The tensor types that there are kernels for. */
    public static final Set<TensorType> TYPES = Collections.unmodifiableSet(EnumSet.of(TensorType.F32, TensorType.F16,
            TensorType.BF16, TensorType.Q8_0, TensorType.Q4_0, TensorType.Q4_1, TensorType.Q5_0, TensorType.Q5_1,
            TensorType.Q2_K, TensorType.Q3_K, TensorType.Q4_K, TensorType.Q5_K, TensorType.Q6_K));

    /** The types that keys and values can be kept in. */
    public static final Set<TensorType> CACHE_TYPES = Collections
            .unmodifiableSet(EnumSet.of(TensorType.F32, TensorType.F16));

    /** What divides the length of a row, so that vectors of four can be loaded. */
    public static final int ROW_MULTIPLE = 4;

    /** The most tokens of the products for few without matrix units, whose kernels are called {@code multiply_1_TYPE} and {@code multiply_8_TYPE}. */
    public static final int FEW_TOKENS = 8;

    /** The tiles of 8 tokens of the products for few with matrix units, whose kernels are called {@code multiply_tiles_1_TYPE} and so on. */
    public static final List<Integer> TILES = List.of(1, 2, 4);

    /** What heads are filled up to, with matrix units: kernels are called {@code attend_tiles_64} and so on. */
    public static final List<Integer> HEAD_WIDTHS = List.of(64, 128, 256);

    /** The most numbers of a head. */
    public static final int WIDEST_HEAD = 256;

    private static final List<String> FOR_ALL = List.of("split.c", "elementwise.c", "sampling.c");

    private KernelSource() {}

    /** The type of matrices that a kernel is for, by its name; empty if it is for none: those of attention end with how the cache keeps its numbers. */
    static Optional<TensorType> typeOf(String kernel, Set<TensorType> types) {
        boolean isOfMatrices = kernel.startsWith("multiply_") || kernel.startsWith("embed_");
        return types.stream().filter(type -> isOfMatrices && kernel.endsWith("_" + type)).findAny();
    }

    /** For OpenCL, what all models need. */
    static String openCl() {
        StringBuilder all = texts("opencl.prelude.c", "common.c").append(texts(FOR_ALL)).append(text("cache.c"));
        for (TensorType type : CACHE_TYPES) {
            define(all, "CACHE", type, () -> all.append(text("attention.c")));
        }
        return all.toString();
    }

    /** For OpenCL, what matrices of one type need. */
    static String openCl(TensorType format) {
        StringBuilder all = texts("opencl.prelude.c", "common.c");
        appendFormat(all, format, () -> {
            for (int tokens : List.of(1, FEW_TOKENS)) {
                define(all, "TOKENS", tokens, () -> all.append(text("few.c")));
            }
            all.append(texts("many.c", "embed.c"));
        });
        return all.toString();
    }

    /** As {@link #openCl()}, with the kernels for matrix units, which it emulates: for tests of these kernels, since it is slow. */
    static String openClWithMatrixUnits() {
        StringBuilder all = texts("opencl.prelude.c", "opencl.matrix.c", "common.c").append(texts(FOR_ALL));
        appendMatrixAttention(all);
        return all.toString();
    }

    /** As {@link #openCl(TensorType)}, likewise. */
    static String openClWithMatrixUnits(TensorType format) {
        StringBuilder all = texts("opencl.prelude.c", "opencl.matrix.c", "common.c");
        appendMatrixProducts(all, format);
        return all.toString();
    }

    /** For CUDA, what all models need. */
    static String cuda() {
        StringBuilder all = texts("cuda.prelude.c", "common.c").append(texts(FOR_ALL));
        appendMatrixAttention(all);
        return all.toString();
    }

    /** For CUDA, what matrices of one type need. */
    static String cuda(TensorType type) {
        StringBuilder all = texts("cuda.prelude.c", "common.c");
        appendMatrixProducts(all, type);
        return all.toString();
    }

    private static void appendMatrixProducts(StringBuilder all, TensorType type) {
        appendFormat(all, type, () -> {
            for (int tiles : TILES) {
                define(all, "TILES", tiles, () -> all.append(text("matrix_few.c")));
            }
            all.append(texts("matrix_many.c", "embed.c"));
        });
    }

    private static void appendFormat(StringBuilder all, TensorType type, Runnable kernels) {
        all.append(text("formats/" + type + ".c"));
        define(all, "FORMAT", type, kernels);
    }

    private static void appendMatrixAttention(StringBuilder all) {
        for (int width : HEAD_WIDTHS) {
            define(all, "WIDTH", width, () -> all.append(text("matrix_attention.c")));
        }
    }

    /** What is appended meanwhile sees a macro. */
    private static void define(StringBuilder all, String name, Object value, Runnable meanwhile) {
        all.append("#define ").append(name).append(' ').append(value).append('\n');
        meanwhile.run();
        all.append("#undef ").append(name).append('\n');
    }

    private static StringBuilder texts(String... names) {
        return texts(List.of(names));
    }

    private static StringBuilder texts(List<String> names) {
        var all = new StringBuilder();
        names.forEach(name -> all.append(text(name)));
        return all;
    }

    private static String text(String name) {
        try (InputStream resource = KernelSource.class.getResourceAsStream(name)) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the kernels cannot be read", e);
        }
    }
}
