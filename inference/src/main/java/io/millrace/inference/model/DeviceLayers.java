package io.millrace.inference.model;

import io.millrace.inference.gpu.Argument;
import io.millrace.inference.gpu.Device;
import io.millrace.inference.gpu.DeviceContext;
import io.millrace.inference.gpu.DeviceMemory;
import io.millrace.inference.gpu.GpuException;
import io.millrace.inference.gpu.Grid;
import io.millrace.inference.kernel.Matrix;
import io.millrace.inference.model.DeviceWeights.Product;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A model's last layers on a device: their weights, their keys and values in the host's blocks by number, and the equations of {@link LlamaForward}. A step is queued as a whole,
 * and waited for once; hidden states cross once. For one thread at a time.
 */
public final class DeviceLayers implements AutoCloseable {
    private static final int NORM_LANES = 128;
    private static final int ELEMENT_LANES = 128;
    private static final int HEAD_LANES = 64;

    private final OffloadPlan plan;
    private final LlamaConfig config;
    private final DeviceScope scope;
    private final DeviceContext context;
    private final List<Layer> layers = new ArrayList<>();
    private final StepInputs inputs;
    private final MemorySegment states; // n x width, on the host
    private final DeviceMemory x; // n x width: the residual stream
    private final DeviceMemory normed; // n x width
    private final DeviceMemory query; // n x queryWidth
    private final DeviceMemory key; // n x keyValueWidth
    private final DeviceMemory value; // n x keyValueWidth
    private final DeviceMemory attended; // n x queryWidth
    private final DeviceMemory gate; // n x feedForwardWidth
    private final DeviceMemory up; // n x feedForwardWidth
    private DeviceMemory outputNorm;
    private Product output;
    private DeviceLogits logits;

    private DeviceLayers(OffloadPlan plan, DeviceScope scope) {
        this.plan = plan;
        this.scope = scope;
        config = plan.config();
        context = scope.context();
        inputs = new StepInputs(scope);
        states = scope.host().allocate(ValueLayout.JAVA_FLOAT, (long) plan.maxTokens() * config.width());
        x = rows(config.width());
        normed = rows(config.width());
        query = rows(config.queryWidth());
        key = rows(config.keyValueWidth());
        value = rows(config.keyValueWidth());
        attended = rows(config.queryWidth());
        gate = rows(config.feedForwardWidth());
        up = rows(config.feedForwardWidth());
    }

    /**
     * Takes a model's layers to a device.
     *
     * @throws GpuException if there is no kernel for a tensor, or the device has no room for all, or it fails
     */
    public static DeviceLayers load(Device device, OffloadPlan plan) {
        plan.requireKernels();
        var scope = new DeviceScope(device.open(plan.types()));
        DeviceLayers loaded = null;
        try {
            plan.requireFits(device.info(), scope.context().freeBytes());
            loaded = new DeviceLayers(plan, scope);
            loaded.upload();
            return loaded;
        } catch (RuntimeException | Error e) {
            try {
                if (loaded == null) {
                    scope.close();
                } else {
                    loaded.close();
                }
            } catch (RuntimeException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private DeviceMemory rows(int width) {
        return scope.allocate((long) plan.maxTokens() * width * Float.BYTES);
    }

    private void upload() {
        LlamaWeights weights = plan.weights();
        List<Matrix> ahead = Stream.concat(plan.offloaded().stream().flatMap(LlamaWeights.Layer::matrices),
                plan.hasOutput() ? Stream.of(weights.output()) : Stream.empty()).toList();
        try (var upload = new DeviceWeights(scope, ahead)) {
            plan.offloaded().forEach(layer -> layers.add(new Layer(layer, upload)));
            if (plan.hasOutput()) {
                outputNorm = upload.vector(weights.outputNorm());
                output = upload.matrix(weights.output());
                logits = new DeviceLogits(scope, weights.vocabularySize(), plan.maxOutputs());
            }
        }
    }

    /** The first layer that is here; all behind it are, too. */
    int firstLayer() {
        return plan.firstLayer();
    }

    /** Whether logits come from here. */
    boolean hasOutput() {
        return plan.hasOutput();
    }

    /** Whether tokens are embedded here. */
    boolean embeds() {
        return plan.embeds();
    }

    /**
     * Computes a batch.
     *
     * @param hidden the residual stream: what the first layer here takes, unless it {@link #embeds}; afterwards that behind the last layer, if the host needs it
     * @param wanted gets logits, if they come from here
     * @throws GpuException if the device fails: what it kept is lost
     */
    void run(Batch batch, RotaryPositions rotary, float[] hidden, float[] wanted) {
        int n = batch.size();
        inputs.fill(batch, rotary);
        if (embeds()) {
            output.embed(inputs, x, n);
        } else {
            MemorySegment own = states(n);
            MemorySegment.copy(hidden, 0, own, ValueLayout.JAVA_FLOAT, 0, n * config.width());
            context.upload(own, x, 0);
        }
        layers.forEach(layer -> layer.run(n));
        boolean logitsHere = hasOutput() && batch.outputCount() > 0;
        if (logitsHere) {
            norm(inputs.outputsAt(), outputNorm, batch.outputCount());
            output.multiply(normed, logits.memory(), batch.outputCount());
            logits.fetch(batch, inputs, wanted);
        }
        if (batch.hiddenCount() > 0 || !hasOutput() && batch.outputCount() > 0) {
            context.download(x, 0, states(n));
            MemorySegment.copy(states, ValueLayout.JAVA_FLOAT, 0, hidden, 0, n * config.width());
        } else if (!logitsHere) {
            context.finish();
        }
    }

    private MemorySegment states(int n) {
        return states.asSlice(0, (long) n * config.width() * Float.BYTES);
    }

    /** normed = RMSNorm of rows of x. */
    private void norm(int rowsAt, DeviceMemory weight, int rows) {
        context.launch("rms_norm", new Grid(rows, 1, NORM_LANES), x, inputs.memory(), Argument.of(rowsAt), weight,
                normed, Argument.of(config.width()), Argument.of(config.normEpsilon()));
    }

    /** One block, as in {@link LlamaForward}. */
    private final class Layer {
        private final DeviceMemory attentionNorm;
        private final Product queries;
        private final Product keys;
        private final Product values;
        private final Product attentionOutput;
        private final DeviceMemory feedForwardNorm;
        private final Product gates;
        private final Product ups;
        private final Product downs;
        private final DeviceMemory keyCache;
        private final DeviceMemory valueCache;

        Layer(LlamaWeights.Layer own, DeviceWeights upload) {
            attentionNorm = upload.vector(own.attentionNorm());
            queries = upload.matrix(own.query());
            keys = upload.matrix(own.key());
            values = upload.matrix(own.value());
            attentionOutput = upload.matrix(own.attentionOutput());
            feedForwardNorm = upload.vector(own.feedForwardNorm());
            gates = upload.matrix(own.gate());
            ups = upload.matrix(own.up());
            downs = upload.matrix(own.down());
            keyCache = scope.allocate(plan.keyBytes());
            valueCache = scope.allocate(plan.keyBytes());
        }

        void run(int n) {
            norm(inputs.rowsAt(), attentionNorm, n);
            queries.multiply(normed, query, n);
            keys.multiply(normed, key, n);
            values.multiply(normed, value, n);
            remember(n);
            attend(n);
            attentionOutput.add(attended, x, n);
            norm(inputs.rowsAt(), feedForwardNorm, n);
            gates.multiply(normed, gate, n);
            ups.multiply(normed, up, n);
            swiglu(n);
            downs.add(gate, x, n);
        }

        /** Rotates queries and keys, and writes keys and values to the caches. */
        private void remember(int n) {
            context.launch("remember_" + plan.cacheType(),
                    new Grid(config.heads() + 2 * config.keyValueHeads(), n, HEAD_LANES), query, key, value, keyCache,
                    valueCache, inputs.memory(), Argument.of(inputs.positionsAt()), Argument.of(inputs.startsAt()),
                    Argument.of(inputs.tablesAt()), Argument.of(inputs.anglesAt()), Argument.of(config.heads()),
                    Argument.of(config.keyValueHeads()), Argument.of(config.headWidth()),
                    Argument.of(config.rotaryWidth() / 2));
        }

        private void attend(int n) {
            context.launch("attend_" + plan.cacheType(), new Grid(config.heads(), n, HEAD_LANES), query, keyCache,
                    valueCache, attended, inputs.memory(), Argument.of(inputs.positionsAt()),
                    Argument.of(inputs.startsAt()), Argument.of(inputs.tablesAt()), Argument.of(config.heads()),
                    Argument.of(config.keyValueHeads()), Argument.of(config.headWidth()),
                    Argument.of((float) (1 / Math.sqrt(config.headWidth()))));
        }

        /** gate = swish(gate) * up. */
        private void swiglu(int n) {
            int count = n * config.feedForwardWidth();
            context.launch("swiglu", new Grid(Math.ceilDiv(count, ELEMENT_LANES), 1, ELEMENT_LANES), gate, up,
                    Argument.of(count));
        }
    }

    /** Gives the device back; no step may be running. */
    @Override
    public void close() {
        scope.close();
    }
}
