package io.millrace.inference.model;

import io.millrace.inference.gpu.Argument;
import io.millrace.inference.gpu.Device;
import io.millrace.inference.gpu.DeviceContext;
import io.millrace.inference.gpu.DeviceMemory;
import io.millrace.inference.gpu.GpuException;
import io.millrace.inference.gpu.Grid;
import io.millrace.inference.gpu.WeightPlanes;
import io.millrace.inference.kernel.Matrix;
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
    private static final int LANES = 256;
    /** Steps of more tokens compute for so long that it does not matter how they are submitted, and come in more shapes than are worth recording. */
    private static final int MOST_RECORDED = 64;

    private final OffloadPlan plan;
    private final LlamaConfig config;
    private final DeviceScope scope;
    private final DeviceContext context;
    private final List<Layer> layers = new ArrayList<>();
    private final StepInputs inputs;
    private final DeviceAttention attention;
    private final MemorySegment states; // n x width, on the host
    private final DeviceMemory x; // n x width: the residual stream
    private final DeviceMemory queryKeyValue; // n x (queryWidth + 2 keyValueWidth)
    private final DeviceMemory gateAndUp; // n x 2 feedForwardWidth, unless all layers' are woven
    // inputs of products, with matrix units halves, in rows of WeightPlanes.stride
    private final DeviceMemory normed; // n x width
    private final DeviceMemory attended; // n x queryWidth
    private final DeviceMemory gated; // n x feedForwardWidth
    private DeviceMemory outputNorm;
    private DeviceProduct output;
    private DeviceLogits logits;

    private DeviceLayers(OffloadPlan plan, DeviceScope scope) {
        this.plan = plan;
        this.scope = scope;
        config = plan.config();
        context = scope.context();
        inputs = new StepInputs(scope, config);
        attention = DeviceAttention.of(plan, scope, inputs);
        states = scope.host().allocate(ValueLayout.JAVA_FLOAT, (long) plan.maxTokens() * config.width());
        x = floats(config.width());
        queryKeyValue = floats(config.queryWidth() + 2 * config.keyValueWidth());
        gateAndUp = scope.allocate(Math.max(1, plan.gateAndUpBytes()));
        normed = inputsOf(config.width());
        attended = inputsOf(config.queryWidth());
        gated = inputsOf(config.feedForwardWidth());
        scope.clear(attended); // nobody writes behind the last column of these two
        scope.clear(gated);
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
            plan.requireFits(scope.context().freeBytes());
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

    private DeviceMemory floats(int width) {
        return scope.allocate((long) plan.maxTokens() * width * Float.BYTES);
    }

    /** Halves take half of it. */
    private DeviceMemory inputsOf(int width) {
        return scope.allocate((long) plan.maxTokens() * WeightPlanes.stride(width) * Float.BYTES);
    }

    private void upload() {
        LlamaWeights weights = plan.weights();
        List<Matrix> ahead = Stream.concat(plan.offloaded().stream().flatMap(LlamaWeights.Layer::matrices),
                plan.hasOutput() ? Stream.of(weights.output()) : Stream.empty()).toList();
        try (var upload = new DeviceWeights(scope, plan.device().hasMatrixUnits(), ahead)) {
            plan.offloaded().forEach(layer -> layers.add(new Layer(layer, upload)));
            if (plan.hasOutput()) {
                outputNorm = upload.vector(weights.outputNorm());
                output = upload.product(weights.output());
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
        if (!embeds()) {
            MemorySegment own = states(n);
            MemorySegment.copy(hidden, 0, own, ValueLayout.JAVA_FLOAT, 0, n * config.width());
            context.upload(own, x, 0);
        }
        boolean logitsHere = hasOutput() && batch.outputCount() > 0;
        int outputs = logitsHere ? batch.outputCount() : 0;
        if (n <= MOST_RECORDED) {
            context.submit(inputs.shape(), () -> queue(n, outputs));
        } else {
            queue(n, outputs);
        }
        if (logitsHere) {
            logits.fetch(batch, inputs, wanted);
        }
        if (batch.hiddenCount() > 0 || !hasOutput() && batch.outputCount() > 0) {
            context.download(x, 0, states(n));
            MemorySegment.copy(states, ValueLayout.JAVA_FLOAT, 0, hidden, 0, n * config.width());
        } else if (!logitsHere) {
            context.finish();
        }
    }

    private void queue(int n, int outputs) {
        if (embeds()) {
            output.embed(inputs, x, n);
        }
        layers.forEach(layer -> layer.run(n));
        if (outputs > 0) {
            norm(inputs.outputsAt(), outputNorm, outputs);
            output.multiply(normed, logits.memory(), outputs);
            logits.choose(inputs);
        }
    }

    private MemorySegment states(int n) {
        return states.asSlice(0, (long) n * config.width() * Float.BYTES);
    }

    /** normed = RMSNorm of rows of x. */
    private void norm(int rowsAt, DeviceMemory weight, int rows) {
        context.launch("rms_norm", new Grid(rows, 1, LANES), x, inputs.memory(), Argument.of(rowsAt), weight, normed,
                Argument.of(config.width()), Argument.of(WeightPlanes.stride(config.width())),
                Argument.of(config.normEpsilon()));
    }

    /** One block, as in {@link LlamaForward}. */
    private final class Layer {
        private final DeviceMemory attentionNorm;
        private final DeviceProduct queriesKeysValues;
        private final DeviceAttention.KeyValues cache;
        private final DeviceProduct attentionOutput;
        private final DeviceMemory feedForwardNorm;
        private final DeviceProduct gates;
        /** Whether gates stand beside what they let through, so that their product is all that is written. */
        private final boolean areWoven;
        private final DeviceProduct downs;

        Layer(LlamaWeights.Layer own, DeviceWeights upload) {
            attentionNorm = upload.vector(own.attentionNorm());
            queriesKeysValues = upload.product(own.query(), own.key(), own.value());
            cache = attention.keyValues();
            attentionOutput = upload.product(own.attentionOutput());
            feedForwardNorm = upload.vector(own.feedForwardNorm());
            areWoven = plan.weavesGates(own);
            gates = areWoven
                    ? upload.gates(own.gate(), own.up())
                    : upload.product(own.gate(), own.up());
            downs = upload.product(own.down());
        }

        void run(int n) {
            norm(inputs.rowsAt(), attentionNorm, n);
            queriesKeysValues.multiply(normed, queryKeyValue, n);
            attention.run(cache, queryKeyValue, attended, n);
            attentionOutput.add(attended, x, n);
            norm(inputs.rowsAt(), feedForwardNorm, n);
            if (areWoven) {
                gates.gate(normed, gated, config.feedForwardWidth(), n);
            } else {
                gates.multiply(normed, gateAndUp, n);
                swiglu(n);
            }
            downs.add(gated, x, n);
        }

        private void swiglu(int n) {
            int stride = WeightPlanes.stride(config.feedForwardWidth());
            context.launch("swiglu", new Grid(Math.ceilDiv(stride, LANES), n, LANES), gateAndUp, gated,
                    Argument.of(config.feedForwardWidth()), Argument.of(stride));
        }
    }

    /** Gives the device back; no step may be running. */
    @Override
    public void close() {
        scope.close();
    }
}
