package io.millrace.inference.model;

import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.Tensor;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Matrix;
import java.lang.foreign.Arena;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A model with the heads and the matrix types of another, as small as can be: a layer for each mix of types that a layer of the other has. All weights are zero.
 */
record Miniature(LlamaConfig config, LlamaWeights weights) {
    private static final List<String> LAYER_MATRICES = List.of("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate",
            "ffn_up", "ffn_down");
    /** A whole number of blocks of any type. */
    private static final int WIDTH = 256;
    private static final int VOCABULARY = 32;

    /**
     * The miniature of a file's model.
     *
     * @param types what can be computed with
     * @return empty if a matrix is missing or of another type, so that the model cannot be run
     */
    static Optional<Miniature> of(Gguf file, LlamaConfig original, Set<TensorType> types) {
        List<String> outer = List.of("token_embd.weight",
                file.find("output.weight").isPresent() ? "output.weight" : "token_embd.weight");
        List<List<String>> layers = IntStream.range(0, original.layers()).mapToObj(i -> LAYER_MATRICES.stream()
                .map(name -> "blk." + i + "." + name + ".weight").toList()).toList();
        if (!Stream.concat(outer.stream(), layers.stream().flatMap(List::stream)).allMatch(
                name -> file.find(name).map(Tensor::type).filter(types::contains).isPresent())) {
            return Optional.empty();
        }
        List<List<TensorType>> mixes = layers.stream().map(names -> typesOf(file, names)).distinct().toList();
        return Optional.of(of(original, typesOf(file, outer), mixes));
    }

    /** The miniature of a model all of whose matrices are of one type. */
    static Miniature of(LlamaConfig original, TensorType type) {
        return of(original, List.of(type, type), List.of(Collections.nCopies(LAYER_MATRICES.size(), type)));
    }

    private static List<TensorType> typesOf(Gguf file, List<String> names) {
        return names.stream().map(name -> file.tensor(name).type()).toList();
    }

    private static Miniature of(LlamaConfig original, List<TensorType> outer, List<List<TensorType>> mixes) {
        int groupWidth = original.queryWidth() / original.keyValueHeads();
        int keyValueHeads = WIDTH / BigInteger.valueOf(WIDTH).gcd(BigInteger.valueOf(groupWidth)).intValue();
        var config = new LlamaConfig(mixes.size(), WIDTH, WIDTH,
                original.heads() / original.keyValueHeads() * keyValueHeads, keyValueHeads, original.headWidth(),
                original.rotaryWidth(), original.rotaryBase(), original.rotaryScale(), original.normEpsilon(),
                original.contextLength());
        var ones = new float[config.rotaryWidth() / 2];
        Arrays.fill(ones, 1);
        return new Miniature(config, new LlamaWeights(matrix(outer.getFirst(), VOCABULARY, WIDTH),
                mixes.stream().map(mix -> layer(mix, config)).toList(), new float[WIDTH],
                matrix(outer.getLast(), VOCABULARY, WIDTH), ones));
    }

    private static LlamaWeights.Layer layer(List<TensorType> mix, LlamaConfig config) {
        return new LlamaWeights.Layer(new float[WIDTH], matrix(mix.get(0), config.queryWidth(), WIDTH),
                matrix(mix.get(1), config.keyValueWidth(), WIDTH), matrix(mix.get(2), config.keyValueWidth(), WIDTH),
                matrix(mix.get(3), WIDTH, config.queryWidth()), new float[WIDTH], matrix(mix.get(4), WIDTH, WIDTH),
                matrix(mix.get(5), WIDTH, WIDTH), matrix(mix.get(6), WIDTH, WIDTH));
    }

    private static Matrix matrix(TensorType type, int rows, int columns) {
        return new Matrix("miniature", type, rows, columns,
                Arena.ofAuto().allocate(rows * type.bytes(columns), Long.BYTES));
    }
}
