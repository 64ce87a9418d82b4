package io.millrace.inference.model;

import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.cache.SequenceCache;
import io.millrace.inference.kernel.Kernels;
import io.millrace.inference.kernel.KeyValueRows;
import io.millrace.inference.kernel.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * One forward pass over a batch: the equations of Llama, all activations in arrays that are made once. With {@code n} tokens in a batch an activation is
 * {@code n} rows. Called by one thread at a time.
 */
public final class LlamaForward {
    private final LlamaConfig config;
    private final LlamaWeights weights;
    private final Kernels kernels;
    private final ComputeThreads threads;
    private final RotaryPositions rotary;
    private final float[] x; // n x width: the residual stream
    private final float[] normed; // n x width
    private final float[] query; // n x queryWidth
    private final float[] key; // n x keyValueWidth
    private final float[] value; // n x keyValueWidth
    private final float[] attended; // n x queryWidth
    private final float[] gate; // n x feedForwardWidth
    private final float[] up; // n x feedForwardWidth
    private final float[] delta; // n x width: what a half of a layer adds
    private final float[] logits; // outputs x vocabulary
    private final float[][] rowScratch; // a member: SCRATCH_ROWS x the widest matrix
    private final KeyValueRows keys;
    private final KeyValueRows values;
    private final float[][] scores; // a member: one head's attention over all positions

    /**
     * @param keys how the caches keep keys
     * @param values how they keep values
     * @param maxTokens the most tokens of a batch
     * @param maxOutputs the most logit rows of a batch
     * @param contextLength the most positions of a sequence
     */
    public LlamaForward(LlamaConfig config, LlamaWeights weights, Kernels kernels, ComputeThreads threads,
            KeyValueRows keys, KeyValueRows values, int maxTokens, int maxOutputs, int contextLength) {
        this.config = config;
        this.weights = weights;
        this.kernels = kernels;
        this.threads = threads;
        this.keys = keys;
        this.values = values;
        rotary = new RotaryPositions(config, weights.rotaryFactors(), maxTokens);
        x = new float[maxTokens * config.width()];
        normed = new float[maxTokens * config.width()];
        query = new float[maxTokens * config.queryWidth()];
        key = new float[maxTokens * config.keyValueWidth()];
        value = new float[maxTokens * config.keyValueWidth()];
        attended = new float[maxTokens * config.queryWidth()];
        gate = new float[maxTokens * config.feedForwardWidth()];
        up = new float[maxTokens * config.feedForwardWidth()];
        delta = new float[maxTokens * config.width()];
        logits = new float[Math.multiplyExact(maxOutputs, weights.vocabularySize())];
        int widest = Math.max(Math.max(config.width(), config.queryWidth()), config.feedForwardWidth());
        rowScratch = new float[threads.members()][Kernels.SCRATCH_ROWS * widest];
        scores = new float[threads.members()][contextLength];
    }

    /** The logits of the last pass: row {@code i}, of vocabulary size, is that of {@link Batch#wantLogits}'s answer. */
    public float[] logits() {
        return logits;
    }

    /** Computes a batch: writes its keys and values to the caches and its logits to {@link #logits}. */
    public void run(Batch batch) {
        int n = batch.size();
        rotary.prepare(batch.positions, n);
        for (int t = 0; t < n; t++) {
            kernels.dequantize(weights.tokenEmbedding(), batch.tokens[t], x, t * config.width());
        }
        for (int i = 0; i < config.layers(); i++) {
            LlamaWeights.Layer layer = weights.layers().get(i);
            norm(layer.attentionNorm(), n);
            threads.run((member, members) -> {
                multiply(layer.query(), normed, n, query, member, members);
                multiply(layer.key(), normed, n, key, member, members);
                multiply(layer.value(), normed, n, value, member, members);
            });
            remember(batch, i);
            attend(batch, i);
            threads.run((member, members) -> multiply(layer.attentionOutput(), attended, n, delta, member, members));
            kernels.add(delta, 0, x, 0, n * config.width());

            norm(layer.feedForwardNorm(), n);
            threads.run((member, members) -> {
                multiply(layer.gate(), normed, n, gate, member, members);
                multiply(layer.up(), normed, n, up, member, members);
            });
            swiglu(n);
            threads.run((member, members) -> multiply(layer.down(), gate, n, delta, member, members));
            kernels.add(delta, 0, x, 0, n * config.width());
        }
        output(batch);
    }

    /** normed = RMSNorm(x). */
    private void norm(float[] weight, int n) {
        for (int t = 0; t < n; t++) {
            kernels.rmsNorm(x, t * config.width(), weight, config.normEpsilon(), normed, t * config.width());
        }
    }

    /** One member's rows of y = x times the matrix, transposed. */
    private void multiply(Matrix matrix, float[] from, int n, float[] to, int member, int members) {
        int fromRow = share(matrix.rows(), member, members);
        int toRow = share(matrix.rows(), member + 1, members);
        kernels.multiply(matrix, fromRow, toRow, from, n, to, rowScratch[member]);
    }

    /** Where a member's share of the rows begins: a whole number of tiles. */
    private static int share(int rows, int member, int members) {
        int tiles = Math.ceilDiv(rows, Kernels.SCRATCH_ROWS);
        return Math.min(rows, (int) ((long) tiles * member / members) * Kernels.SCRATCH_ROWS);
    }

    /** Rotates queries and keys, and writes keys and values to the caches. */
    private void remember(Batch batch, int layer) {
        int kvWidth = config.keyValueWidth();
        for (int t = 0; t < batch.size(); t++) {
            rotary.rotate(t, query, t * config.queryWidth(), config.heads(), config.headWidth());
            rotary.rotate(t, key, t * kvWidth, config.keyValueHeads(), config.headWidth());
            SequenceCache cache = batch.caches[t];
            int position = batch.positions[t];
            MemorySegment block = cache.block(position);
            keys.write(key, t * kvWidth, kvWidth, block, cache.keyOffset(layer, position));
            values.write(value, t * kvWidth, kvWidth, block, cache.valueOffset(layer, position));
        }
    }

    /** attended = softmax(query times keys / sqrt(headWidth)) times values, head by head. */
    private void attend(Batch batch, int layer) {
        int pairs = batch.size() * config.heads();
        threads.run((member, members) -> {
            int to = (int) ((long) pairs * (member + 1) / members);
            for (int pair = (int) ((long) pairs * member / members); pair < to; pair++) {
                attendHead(batch, layer, pair / config.heads(), pair % config.heads(), member);
            }
        });
    }

    private void attendHead(Batch batch, int layer, int t, int head, int member) {
        float[] weight = scores[member];
        int width = config.headWidth();
        int queryOffset = t * config.queryWidth() + head * width;
        int valuesBefore = head / (config.heads() / config.keyValueHeads()) * width;
        long keyBytesBefore = keys.bytes(valuesBefore);
        long valueBytesBefore = values.bytes(valuesBefore);
        float scale = (float) (1 / Math.sqrt(width));
        SequenceCache cache = batch.caches[t];
        int positions = batch.positions[t] + 1;
        for (int p = 0; p < positions; p += BlockPool.BLOCK_TOKENS) {
            keys.dots(scale, query, queryOffset, width, cache.block(p), cache.keyOffset(layer, p) + keyBytesBefore,
                    keys.bytes(config.keyValueWidth()), Math.min(BlockPool.BLOCK_TOKENS, positions - p), weight, p);
        }
        kernels.softmax(weight, 0, positions);
        Arrays.fill(attended, queryOffset, queryOffset + width, 0);
        for (int p = 0; p < positions; p += BlockPool.BLOCK_TOKENS) {
            values.addRows(weight, p, Math.min(BlockPool.BLOCK_TOKENS, positions - p), cache.block(p),
                    cache.valueOffset(layer, p) + valueBytesBefore, values.bytes(config.keyValueWidth()), width,
                    attended, queryOffset);
        }
    }

    /** gate = swish(gate) * up. */
    private void swiglu(int n) {
        int count = n * config.feedForwardWidth();
        threads.run((member, members) -> {
            int from = (int) ((long) count * member / members);
            int to = (int) ((long) count * (member + 1) / members);
            kernels.swiglu(gate, up, from, to - from);
        });
    }

    /** logits = RMSNorm(x) times the output matrix, for the tokens whose logits are wanted. */
    private void output(Batch batch) {
        int wanted = batch.outputCount();
        if (wanted == 0) {
            return;
        }
        int width = config.width();
        for (int i = 0; i < wanted; i++) {
            kernels.rmsNorm(x, batch.outputs[i] * width, weights.outputNorm(), config.normEpsilon(), normed, i * width);
        }
        threads.run((member, members) -> multiply(weights.output(), normed, wanted, logits, member, members));
    }
}
