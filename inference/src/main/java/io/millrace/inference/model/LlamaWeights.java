package io.millrace.inference.model;

import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.GgufException;
import io.millrace.inference.gguf.Tensor;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Kernels;
import io.millrace.inference.kernel.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A Llama model's tensors, by their place in the forward pass. Matrices stay in the mapped file; norms are copied, they are small.
 *
 * @param tokenEmbedding vocabulary x width
 * @param outputNorm width
 * @param output vocabulary x width; the embedding itself where the two are tied
 * @param rotaryFactors a divisor for each rotary pair's frequency (Llama 3.1's scaling), or all ones
 */
@SuppressWarnings("ArrayRecordComponent") // kernels read arrays; nobody compares weights
public record LlamaWeights(Matrix tokenEmbedding, List<Layer> layers, float[] outputNorm, Matrix output,
        float[] rotaryFactors) {
    /**
     * One block: attention, then the feed-forward part, each behind its norm.
     *
     * @param query queryWidth x width
     * @param key keyValueWidth x width
     * @param value keyValueWidth x width
     * @param attentionOutput width x queryWidth
     * @param gate feedForwardWidth x width
     * @param up feedForwardWidth x width
     * @param down width x feedForwardWidth
     */
    public record Layer(float[] attentionNorm, Matrix query, Matrix key, Matrix value, Matrix attentionOutput,
            float[] feedForwardNorm, Matrix gate, Matrix up, Matrix down) {
        Stream<Matrix> matrices() {
            return Stream.of(query, key, value, attentionOutput, gate, up, down);
        }
    }

    public int vocabularySize() {
        return output.rows();
    }

    /** Bytes of the matrices that a forward pass multiplies with. */
    public long stepBytes() {
        return output.data().byteSize() + layers.stream().flatMap(Layer::matrices)
                .mapToLong(matrix -> matrix.data().byteSize()).sum();
    }

    /**
     * Finds the tensors in a file.
     *
     * @throws GgufException if one is missing, or has another shape or a type that is not among {@code types}
     */
    public static LlamaWeights of(Gguf file, LlamaConfig config, int vocabularySize, Set<TensorType> types) {
        var reader = new Reader(file, types);
        int width = config.width();
        Matrix embedding = reader.matrix("token_embd.weight", vocabularySize, width);
        List<Layer> layers = IntStream.range(0, config.layers()).mapToObj(i -> layer(reader, "blk." + i + ".", config))
                .toList();
        Matrix output = file.find("output.weight").isPresent()
                ? reader.matrix("output.weight", vocabularySize, width)
                : embedding;
        return new LlamaWeights(embedding, layers, reader.vector("output_norm.weight", width), output,
                reader.rotaryFactors(config.rotaryWidth() / 2));
    }

    private static Layer layer(Reader reader, String prefix, LlamaConfig config) {
        int width = config.width();
        return new Layer(reader.vector(prefix + "attn_norm.weight", width),
                reader.matrix(prefix + "attn_q.weight", config.queryWidth(), width),
                reader.matrix(prefix + "attn_k.weight", config.keyValueWidth(), width),
                reader.matrix(prefix + "attn_v.weight", config.keyValueWidth(), width),
                reader.matrix(prefix + "attn_output.weight", width, config.queryWidth()),
                reader.vector(prefix + "ffn_norm.weight", width),
                reader.matrix(prefix + "ffn_gate.weight", config.feedForwardWidth(), width),
                reader.matrix(prefix + "ffn_up.weight", config.feedForwardWidth(), width),
                reader.matrix(prefix + "ffn_down.weight", width, config.feedForwardWidth()));
    }

    /** Checked access to a file's tensors. */
    private record Reader(Gguf file, Set<TensorType> types) {
        Matrix matrix(String name, int rows, int columns) {
            Tensor tensor = readable(file.tensor(name));
            if (tensor.rows() != rows || tensor.columns() != columns) {
                throw new GgufException(file.source() + ": the tensor " + name + " should be " + rows + " x " + columns
                        + ", but is " + tensor.rows() + " x " + tensor.columns());
            }
            return Matrix.of(tensor);
        }

        float[] vector(String name, int length) {
            Matrix row = matrix(name, 1, length);
            var values = new float[length];
            Kernels.scalar().dequantize(row, 0, values, 0);
            return values;
        }

        float[] rotaryFactors(int pairs) {
            Optional<Tensor> tensor = file.find("rope_freqs.weight");
            if (tensor.isPresent()) {
                return vector("rope_freqs.weight", pairs);
            }
            var ones = new float[pairs];
            Arrays.fill(ones, 1);
            return ones;
        }

        private Tensor readable(Tensor tensor) {
            if (!types.contains(tensor.type())) {
                throw new GgufException(file.source() + ": the tensor " + tensor.name() + " is of type " + tensor.type()
                        + ", which this version cannot compute with; it can with " + types.stream().sorted().toList());
            }
            return tensor;
        }
    }
}
