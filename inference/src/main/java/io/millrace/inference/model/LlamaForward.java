package io.millrace.inference.model;

import io.millrace.inference.kernel.Activations;
import io.millrace.inference.kernel.HeadBlocks;
import io.millrace.inference.kernel.Kernels;
import io.millrace.inference.kernel.Matrix;
import io.millrace.inference.memory.LargeMemory;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One forward pass over a batch: the equations of Llama, all activations in arrays that are made once, so that a pass allocates nothing. With {@code n} tokens in a batch an
 * activation is {@code n} rows. Called by one thread at a time.
 */
public final class LlamaForward implements AutoCloseable {
    /** Elementwise work is shared out in multiples of what {@link Activations} prepares at a time. */
    private static final int SHARE = 32;

    private final LlamaConfig config;
    private final LlamaWeights weights;
    private final Kernels kernels;
    private final ComputeThreads threads;
    private final RotaryPositions rotary;
    private final Attention attention;
    private final LargeMemory packedRows = new LargeMemory();
    private final Layer[] layers;
    private final Projection output;
    private final ComputeThreads.Task embed = this::embed;
    private final ComputeThreads.Task normOutputs = this::normOutputs;
    private final ComputeThreads.Task multiplyOutput = this::multiplyOutput;
    private final ComputeThreads.Task normHidden = this::normHidden;
    private final float[] x; // n x width: the residual stream
    private final Activations normed; // n x width
    private final float[] query; // n x queryWidth
    private final float[] key; // n x keyValueWidth
    private final float[] value; // n x keyValueWidth
    private final Activations attended; // n x queryWidth
    private final Activations gate; // n x feedForwardWidth
    private final float[] up; // n x feedForwardWidth
    private final float[] delta; // n x width: what a half of a layer adds; behind the last layer, hidden states
    private final float[] logits; // outputs x vocabulary
    private final float[][] rowScratch; // a member: what the widest matrix takes
    private Batch batch = new Batch(0); // of the pass that runs
    private Optional<DeviceLayers> device = Optional.empty();
    private int layersHere; // the first ones; the others are the device's

    /**
     * @param packWeights whether matrices are copied to memory in the order in which they are read fastest
     * @param keys how the caches keep keys
     * @param values how they keep values
     * @param maxTokens the most tokens of a batch
     * @param maxOutputs the most logit rows of a batch
     */
    public LlamaForward(LlamaConfig config, LlamaWeights weights, Kernels kernels, ComputeThreads threads,
            boolean packWeights, HeadBlocks keys, HeadBlocks values, int maxTokens, int maxOutputs) {
        this.config = config;
        this.weights = weights;
        this.kernels = kernels;
        this.threads = threads;
        layers = IntStream.range(0, config.layers())
                .mapToObj(i -> new Layer(i, weights.layers().get(i), packWeights)).toArray(Layer[]::new);
        layersHere = layers.length;
        output = projection(weights.output(), packWeights);
        rotary = new RotaryPositions(config, weights.rotaryFactors(), maxTokens);
        attention = new Attention(config, kernels, keys, values, threads.members(), maxTokens);
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
    }

    /** Leaves the last layers to a device from now on; who gives it closes it, behind {@link #takeBack} or {@link #close}. */
    public void offload(DeviceLayers newDevice) {
        device = Optional.of(newDevice);
        layersHere = newDevice.firstLayer();
    }

    /** Computes all layers here from now on. Their keys and values of what was computed before are not here. */
    public void takeBack() {
        device = Optional.empty();
        layersHere = layers.length;
    }

    private Projection projection(Matrix matrix, boolean pack) {
        return new Projection(kernels, matrix, threads.members(), packedRows, pack);
    }

    /** The logits of the last pass: row {@code i}, of vocabulary size, is that of {@link Batch#wantLogits}'s answer. */
    public float[] logits() {
        return logits;
    }

    /**
     * What the model made of tokens in the last pass, behind its last norm: row {@code i}, of the model's width, is that of {@link Batch#wantHidden}'s answer.
     */
    public float[] hidden() {
        return delta;
    }

    /** Computes a batch: writes its keys and values to the caches, its logits to {@link #logits}, and its hidden states to {@link #hidden}. */
    public void run(Batch newBatch) {
        batch = newBatch;
        rotary.prepare(batch.positions, batch.size());
        attention.prepare(batch);
        if (device.isEmpty() || !device.get().embeds()) {
            forTokens(embed);
        }
        for (int i = 0; i < layersHere; i++) {
            layers[i].run();
        }
        if (device.isPresent()) {
            device.get().run(batch, rotary, x, logits);
        }
        if (batch.outputCount() > 0 && (device.isEmpty() || !device.get().hasOutput())) {
            forTokens(normOutputs);
            threads.run(multiplyOutput);
        }
        if (batch.hiddenCount() > 0) {
            forTokens(normHidden);
        }
    }

    /** One block: attention, then the feed-forward part, each behind its norm. Its tasks are made once. */
    private final class Layer {
        private final int index;
        private final LlamaWeights.Layer own;
        private final Projection queries;
        private final Projection keys;
        private final Projection values;
        private final Projection attentionOutput;
        private final Projection gates;
        private final Projection ups;
        private final Projection downs;
        private final ComputeThreads.Task normAttention = this::normAttention;
        private final ComputeThreads.Task project = this::project;
        private final ComputeThreads.Task remember = this::remember;
        private final ComputeThreads.Task attend = this::attend;
        private final ComputeThreads.Task prepareAttended = this::prepareAttended;
        private final ComputeThreads.Task projectAttended = this::projectAttended;
        private final ComputeThreads.Task normFeedForward = this::normFeedForward;
        private final ComputeThreads.Task expand = this::expand;
        private final ComputeThreads.Task swiglu = this::swiglu;
        private final ComputeThreads.Task contract = this::contract;

        Layer(int index, LlamaWeights.Layer own, boolean pack) {
            this.index = index;
            this.own = own;
            queries = projection(own.query(), pack);
            keys = projection(own.key(), pack);
            values = projection(own.value(), pack);
            attentionOutput = projection(own.attentionOutput(), pack);
            gates = projection(own.gate(), pack);
            ups = projection(own.up(), pack);
            downs = projection(own.down(), pack);
        }

        void run() {
            forTokens(normAttention);
            threads.run(project);
            forTokens(remember);
            threads.run(attend);
            forTokens(prepareAttended);
            threads.run(projectAttended);
            forTokens(normFeedForward);
            threads.run(expand);
            threads.run(swiglu);
            threads.run(contract);
        }

        /** normed = RMSNorm(x). */
        private void normAttention(int member, int members) {
            norm(own.attentionNorm(), member, members);
        }

        /** query, key, value = normed times their matrices, transposed. */
        private void project(int member, int members) {
            multiply(queries, normed, query, member, members);
            multiply(keys, normed, key, member, members);
            multiply(values, normed, value, member, members);
        }

        /** Rotates queries and keys, and writes keys and values to the caches. */
        private void remember(int member, int members) {
            for (int t = from(batch.size(), member, members); t < from(batch.size(), member + 1, members); t++) {
                rotary.rotate(t, query, t * config.queryWidth(), config.heads(), config.headWidth());
                rotary.rotate(t, key, t * config.keyValueWidth(), config.keyValueHeads(), config.headWidth());
                attention.remember(batch, t, index, key, value);
            }
        }

        private void attend(int member, int members) {
            attention.attend(batch, index, query, attended.values(), member, members);
        }

        private void prepareAttended(int member, int members) {
            attended.prepare(from(batch.size(), member, members), from(batch.size(), member + 1, members),
                    config.queryWidth());
        }

        private void projectAttended(int member, int members) {
            addProduct(attentionOutput, attended, member, members);
        }

        /** normed = RMSNorm(x). */
        private void normFeedForward(int member, int members) {
            norm(own.feedForwardNorm(), member, members);
        }

        /** gate, up = normed times their matrices, transposed. */
        private void expand(int member, int members) {
            multiply(gates, normed, gate.values(), member, members);
            multiply(ups, normed, up, member, members);
        }

        /** gate = swish(gate) * up. */
        private void swiglu(int member, int members) {
            int shares = Math.ceilDiv(batch.size() * config.feedForwardWidth(), SHARE);
            int from = from(shares, member, members) * SHARE;
            int to = Math.min(from(shares, member + 1, members) * SHARE, batch.size() * config.feedForwardWidth());
            kernels.swiglu(gate.values(), up, from, to - from);
            gate.prepareValues(from, to, config.feedForwardWidth());
        }

        private void contract(int member, int members) {
            addProduct(downs, gate, member, members);
        }
    }

    /** Runs what is shared out by tokens: one token is not worth waking anyone. */
    private void forTokens(ComputeThreads.Task task) {
        if (batch.size() == 1) {
            task.run(0, 1);
        } else {
            threads.run(task);
        }
    }

    /** Where a member's share of {@code count} begins. */
    private static int from(int count, int member, int members) {
        return (int) ((long) count * member / members);
    }

    /** x = the tokens' embeddings. */
    private void embed(int member, int members) {
        for (int t = from(batch.size(), member, members); t < from(batch.size(), member + 1, members); t++) {
            kernels.dequantize(weights.tokenEmbedding(), batch.tokens[t], x, t * config.width());
        }
    }

    private void norm(float[] weight, int member, int members) {
        for (int t = from(batch.size(), member, members); t < from(batch.size(), member + 1, members); t++) {
            norm(t, weight, t);
        }
    }

    private void norm(int from, float[] weight, int to) {
        int width = config.width();
        kernels.rmsNorm(x, from * width, weight, config.normEpsilon(), normed.values(), to * width);
        normed.prepare(to, to + 1, width);
    }

    private void multiply(Projection projection, Activations from, float[] to, int member, int members) {
        projection.multiply(from, batch.size(), to, rowScratch[member], member, members);
    }

    /** x += from times the matrix, transposed. */
    private void addProduct(Projection projection, Activations from, int member, int members) {
        multiply(projection, from, delta, member, members);
        int first = projection.share(member, members);
        int rows = projection.share(member + 1, members) - first;
        for (int t = 0; t < batch.size(); t++) {
            kernels.add(delta, t * config.width() + first, x, t * config.width() + first, rows);
        }
    }

    /** normed = RMSNorm(x), of the tokens whose logits are wanted. */
    private void normOutputs(int member, int members) {
        for (int i = from(batch.outputCount(), member, members); i < from(batch.outputCount(), member + 1,
                members); i++) {
            norm(batch.outputs[i], weights.outputNorm(), i);
        }
    }

    /** hidden = RMSNorm(x), of the tokens whose hidden states are wanted. */
    private void normHidden(int member, int members) {
        int width = config.width();
        int to = from(batch.hiddenCount(), member + 1, members);
        for (int i = from(batch.hiddenCount(), member, members); i < to; i++) {
            kernels.rmsNorm(x, batch.hidden[i] * width, weights.outputNorm(), config.normEpsilon(), delta, i * width);
        }
    }

    /** logits = normed times the output matrix, transposed. */
    private void multiplyOutput(int member, int members) {
        output.multiply(normed, batch.outputCount(), logits, rowScratch[member], member, members);
    }

    /** Gives packed rows back; no pass may be running. */
    @Override
    public void close() {
        packedRows.close();
    }
}
