package io.millrace.inference.bench;

import io.millrace.inference.gguf.GgufWriter;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.quantize.RowEncoder;
import io.millrace.inference.quantize.RowEncoders;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Llama-shaped models whose weights are random: as fast as real ones, and of any size without a download. A matrix repeats some dozens of random rows, since
 * what is computed takes as long whatever the weights are.
 */
public final class SyntheticLlama {
    private static final int DISTINCT_ROWS = 64;
    private static final int CONTEXT = 131_072;
    private static final float ROTARY_BASE = 500_000;
    private static final float EPSILON = 1e-5f;
    /** Keeps the numbers of many layers in range. */
    private static final float GREATEST_WEIGHT = 0.05f;
    private static final int SPECIAL_TOKENS = 3;
    private static final int BYTES = 256;
    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int BYTE = 6;

    private static final int MATRICES_OF_LAYER = 7;

    private final LlamaShape shape;
    private final TensorType type;
    private final RowEncoder encoder;
    private final Random random;

    /**
     * Says what to write.
     *
     * @param type of every matrix
     * @throws IllegalArgumentException if the type cannot be written
     */
    public SyntheticLlama(LlamaShape shape, TensorType type, long seed) {
        this.shape = shape;
        this.type = type;
        encoder = RowEncoders.of(type).orElseThrow(() -> new IllegalArgumentException(
                type + " cannot be written; one of " + RowEncoders.types() + " can"));
        random = new Random(seed);
    }

    /** How many matrices it has. */
    public int matrices() {
        return shape.layers() * MATRICES_OF_LAYER + (shape.hasOutput() ? 2 : 1);
    }

    /** How large the file will be. */
    public long size() {
        return writer(_ -> {}).size();
    }

    /**
     * Writes the model.
     *
     * @param progress told the name of each matrix that is written
     * @throws io.millrace.inference.gguf.GgufException if the file exists already or cannot be written
     */
    public void write(Path path, Consumer<String> progress) {
        writer(progress).write(path);
    }

    private GgufWriter writer(Consumer<String> progress) {
        GgufWriter writer = GgufWriter.empty().string("general.architecture", "llama")
                .string("general.name", "synthetic").uint32("llama.block_count", shape.layers())
                .uint32("llama.context_length", CONTEXT).uint32("llama.embedding_length", shape.width())
                .uint32("llama.feed_forward_length", shape.feedForwardWidth())
                .uint32("llama.attention.head_count", shape.heads())
                .uint32("llama.attention.head_count_kv", shape.keyValueHeads())
                .float32("llama.rope.freq_base", ROTARY_BASE)
                .float32("llama.attention.layer_norm_rms_epsilon", EPSILON);
        addVocabulary(writer);
        matrix(writer, "token_embd.weight", shape.width(), shape.vocabulary(), progress);
        for (int layer = 0; layer < shape.layers(); layer++) {
            addLayer(writer, "blk." + layer + ".", progress);
        }
        norm(writer, "output_norm.weight");
        if (shape.hasOutput()) {
            matrix(writer, "output.weight", shape.width(), shape.vocabulary(), progress);
        }
        return writer;
    }

    private void addVocabulary(GgufWriter writer) {
        List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        var kinds = new int[shape.vocabulary()];
        for (int i = 0; i < BYTES; i++) {
            tokens.add(String.format("<0x%02X>", i));
        }
        while (tokens.size() < shape.vocabulary()) {
            tokens.add("\u2581w" + tokens.size());
        }
        for (int token = 0; token < kinds.length; token++) {
            kinds[token] = token == 0
                    ? UNKNOWN
                    : token < SPECIAL_TOKENS
                            ? CONTROL
                            : token < SPECIAL_TOKENS + BYTES ? BYTE : NORMAL;
        }
        writer.string("tokenizer.ggml.model", "llama").strings("tokenizer.ggml.tokens", tokens)
                .float32s("tokenizer.ggml.scores", new float[shape.vocabulary()])
                .int32s("tokenizer.ggml.token_type", kinds).uint32("tokenizer.ggml.unknown_token_id", 0)
                .uint32("tokenizer.ggml.bos_token_id", 1).uint32("tokenizer.ggml.eos_token_id", 2);
    }

    private void addLayer(GgufWriter writer, String prefix, Consumer<String> progress) {
        int width = shape.width();
        norm(writer, prefix + "attn_norm.weight");
        matrix(writer, prefix + "attn_q.weight", width, width, progress);
        matrix(writer, prefix + "attn_k.weight", width, shape.keyValueWidth(), progress);
        matrix(writer, prefix + "attn_v.weight", width, shape.keyValueWidth(), progress);
        matrix(writer, prefix + "attn_output.weight", width, width, progress);
        norm(writer, prefix + "ffn_norm.weight");
        matrix(writer, prefix + "ffn_gate.weight", width, shape.feedForwardWidth(), progress);
        matrix(writer, prefix + "ffn_up.weight", width, shape.feedForwardWidth(), progress);
        matrix(writer, prefix + "ffn_down.weight", shape.feedForwardWidth(), width, progress);
    }

    private void norm(GgufWriter writer, String name) {
        writer.tensor(name, TensorType.F32, List.of((long) shape.width()), this::writeOnes);
    }

    private void writeOnes(FileChannel channel) throws IOException {
        var ones = new float[shape.width()];
        Arrays.fill(ones, 1);
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * ones.length);
        RowEncoders.of(TensorType.F32).orElseThrow().encode(ones, 0, ones.length, bytes);
        GgufWriter.write(channel, MemorySegment.ofBuffer(bytes.flip()));
    }

    private void matrix(GgufWriter writer, String name, int columns, int rows, Consumer<String> progress) {
        writer.tensor(name, type, List.of((long) columns, (long) rows), channel -> {
            writeRows(channel, columns, rows);
            progress.accept(name);
        });
    }

    private void writeRows(FileChannel channel, int columns, int rows) throws IOException {
        int distinct = Math.min(DISTINCT_ROWS, rows);
        var weights = new float[Math.multiplyExact(distinct, columns)];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (2 * random.nextFloat() - 1) * GREATEST_WEIGHT;
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(type.bytes(weights.length)));
        encoder.encode(weights, 0, weights.length, bytes);
        MemorySegment block = MemorySegment.ofBuffer(bytes.flip());
        long rowBytes = type.bytes(columns);
        for (int written = 0; written < rows; written += distinct) {
            GgufWriter.write(channel, block.asSlice(0, Math.min(distinct, rows - written) * rowBytes));
        }
    }
}
