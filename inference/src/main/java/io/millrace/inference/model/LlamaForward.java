package io.millrace.inference.model;

import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.cache.SequenceCache;
import io.millrace.inference.kernel.Activations;
import io.millrace.inference.kernel.Kernels;
import io.millrace.inference.kernel.KeyValueRows;
import io.millrace.inference.kernel.Matrix;
import io.millrace.inference.memory.LargeMemory;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * One forward pass over a batch: the equations of Llama, all activations in arrays that are made once. With {@code n} tokens in a batch an activation is
 * {@code n} rows. Called by one thread at a time.
 */
public final class LlamaForward implements AutoCloseable {
    private final LlamaConfig config;
    private final LlamaWeights weights;
    private final Kernels kernels;
    private final ComputeThreads threads;
    private final RotaryPositions rotary;
    private final LargeMemory packedRows = new LargeMemory();
    private final List<Projections> layers;
    private final Projection output;
    private final float[] x; // n x width: the residual stream
    private final Activations normed; // n x width
    private final float[] query; // n x queryWidth
    private final float[] key; // n x keyValueWidth
    private final float[] value; // n x keyValueWidth
    private final Activations attended; // n x queryWidth
    private final Activations gate; // n x feedForwardWidth
    private final float[] up; // n x feedForwardWidth
    private final float[] delta; // n x width: what a half of a layer adds
    private final float[] logits; // outputs x vocabulary
    private final float[][] rowScratch; // a member: what the widest matrix takes
    private final KeyValueRows keys;
    private final KeyValueRows values;
    private final float[][] scores; // a member: one head's attention over all positions

    /** A layer's matrices. */
    private record Projections(Projection query, Projection key, Projection value, Projection attentionOutput,
            Projection gate, Projection up, Projection down) {}

    /**
     * @param packWeights whether matrices are copied to memory in the order in which they are read fastest
     * @param keys how the caches keep keys
     * @param values how they keep values
     * @param maxTokens the most tokens of a batch
     * @param maxOutputs the most logit rows of a batch
     * @param contextLength the most positions of a sequence
     */
    public LlamaForward(LlamaConfig config, LlamaWeights weights, Kernels kernels, ComputeThreads threads,
            boolean packWeights, KeyValueRows keys, KeyValueRows values, int maxTokens, int maxOutputs,
            int contextLength) {
        this.config = config;
        this.weights = weights;
        this.kernels = kernels;
        this.threads = threads;
        this.keys = keys;
        this.values = values;
        layers = weights.layers().stream().map(layer -> projections(layer, packWeights)).toList();
        output = projection(weights.output(), packWeights);
        rotary = new RotaryPositions(config, weights.rotaryFactors(), maxTokens);
        x = new float[maxTokens * config.width()];
        normed = new Activations(maxTokens, config.width());
        query = new float[maxTokens * config.queryWidth()];
        key = new float[maxTokens * config.keyValueWidth()];
        value = new float[maxTokens * config.keyValueWidth()];
        attended = new Activations(maxTokens, config.queryWidth());
        gate = new Activations(maxTokens, config.feedForwardWidth());
        up = new float[maxTokens * config.feedForwardWidth()];
        delta = new float[maxTokens * config.width()];
        logits = new float[Math.multiplyExact(maxOutputs, weights.vocabularySize())];
        int widest = Math.max(Math.max(config.width(), config.queryWidth()), config.feedForwardWidth());
        rowScratch = new float[threads.members()][Projection.scratch(widest)];
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
            Projections layer = layers.get(i);
            norm(weights.layers().get(i).attentionNorm(), n);
            threads.run((member, members) -> {
                float[] scratch = rowScratch[member];
                layer.query.multiply(normed, n, query, scratch, member, members);
                layer.key.multiply(normed, n, key, scratch, member, members);
                layer.value.multiply(normed, n, value, scratch, member, members);
            });
            remember(batch, i);
            attend(batch, i);
            forTokens(n, t -> attended.prepare(t, t + 1, config.queryWidth()));
            add(layer.attentionOutput, attended, n);

            norm(weights.layers().get(i).feedForwardNorm(), n);
            threads.run((member, members) -> {
                layer.gate.multiply(normed, n, gate.values(), rowScratch[member], member, members);
                layer.up.multiply(normed, n, up, rowScratch[member], member, members);
            });
            swiglu(n);
            forTokens(n, t -> gate.prepare(t, t + 1, config.feedForwardWidth()));
            add(layer.down, gate, n);
        }
        output(batch);
    }

    private Projections projections(LlamaWeights.Layer layer, boolean pack) {
        return new Projections(projection(layer.query(), pack), projection(layer.key(), pack),
                projection(layer.value(), pack), projection(layer.attentionOutput(), pack),
                projection(layer.gate(), pack), projection(layer.up(), pack), projection(layer.down(), pack));
    }

    private Projection projection(Matrix matrix, boolean pack) {
        return new Projection(kernels, matrix, threads.members(), packedRows, pack);
    }

    /** Does something for each token of a batch, on all threads if there are many. */
    private void forTokens(int n, IntConsumer task) {
        if (n == 1) {
            task.accept(0);
            return;
        }
        threads.run((member, members) -> {
            int to = (int) ((long) n * (member + 1) / members);
            for (int t = (int) ((long) n * member / members); t < to; t++) {
                task.accept(t);
            }
        });
    }

    /** normed = RMSNorm(x). */
    private void norm(float[] weight, int n) {
        forTokens(n, t -> norm(t, weight, t));
    }

    private void norm(int from, float[] weight, int to) {
        int width = config.width();
        kernels.rmsNorm(x, from * width, weight, config.normEpsilon(), normed.values(), to * width);
        normed.prepare(to, to + 1, width);
    }

    /** x += from times the matrix, transposed. */
    private void add(Projection projection, Activations from, int n) {
        threads.run((member, members) -> projection.multiply(from, n, delta, rowScratch[member], member, members));
        kernels.add(delta, 0, x, 0, n * config.width());
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
        Arrays.fill(attended.values(), queryOffset, queryOffset + width, 0);
        for (int p = 0; p < positions; p += BlockPool.BLOCK_TOKENS) {
            values.addRows(weight, p, Math.min(BlockPool.BLOCK_TOKENS, positions - p), cache.block(p),
                    cache.valueOffset(layer, p) + valueBytesBefore, values.bytes(config.keyValueWidth()), width,
                    attended.values(), queryOffset);
        }
    }

    /** gate = swish(gate) * up. */
    private void swiglu(int n) {
        int count = n * config.feedForwardWidth();
        threads.run((member, members) -> {
            int from = (int) ((long) count * member / members);
            int to = (int) ((long) count * (member + 1) / members);
            kernels.swiglu(gate.values(), up, from, to - from);
        });
    }

    /** logits = RMSNorm(x) times the output matrix, for the tokens whose logits are wanted. */
    private void output(Batch batch) {
        int wanted = batch.outputCount();
        if (wanted == 0) {
            return;
        }
        forTokens(wanted, i -> norm(batch.outputs[i], weights.outputNorm(), i));
        threads.run((member, members) -> output.multiply(normed, wanted, logits, rowScratch[member], member, members));
    }

    /** Gives packed rows back; no pass may be running. */
    @Override
    public void close() {
        packedRows.close();
    }
}
