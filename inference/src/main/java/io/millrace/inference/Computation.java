package io.millrace.inference;

import com.sun.management.OperatingSystemMXBean;
import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.gpu.Device;
import io.millrace.inference.gpu.GpuException;
import io.millrace.inference.kernel.HeadBlocks;
import io.millrace.inference.model.Batch;
import io.millrace.inference.model.ComputeThreads;
import io.millrace.inference.model.DeviceLayers;
import io.millrace.inference.model.LlamaForward;
import io.millrace.inference.model.OffloadPlan;
import io.millrace.inference.model.Rehearsal;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What it takes to compute a model's logits and hidden states: threads, the cache's memory, the forward pass and its batch. For one thread.
 */
final class Computation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Computation.class);

    private final ComputeThreads threads;
    private final BlockPool pool;
    private final LlamaForward forward;
    private final Batch batch;
    private final int vocabulary;
    private final Rehearsal rehearsal;
    private Optional<DeviceLayers> device;

    /**
     * Takes what options say.
     *
     * @param maxOutputs the most tokens of a batch that want logits
     * @throws IllegalArgumentException if a cache type does not fit the model's heads
     * @throws io.millrace.inference.gpu.GpuException if a device cannot take what the options leave to it
     */
    Computation(LanguageModel model, EngineOptions options, int maxOutputs) {
        options.requireCacheTypes(model);
        var config = model.config();
        HeadBlocks keys = model.kernels().headBlocks(options.keyType());
        HeadBlocks values = model.kernels().headBlocks(options.valueType());
        threads = new ComputeThreads(options.threads());
        pool = new BlockPool(config.layers(), options.keyType().bytes(config.keyValueWidth()),
                options.valueType().bytes(config.keyValueWidth()), options.cacheBlocks());
        forward = new LlamaForward(config, model.weights(), model.kernels(), threads, packs(model, options), keys,
                values,
                options.maxBatchTokens(), maxOutputs);
        batch = new Batch(options.maxBatchTokens());
        rehearsal = model.rehearsal();
        vocabulary = model.weights().vocabularySize();
        try {
            device = options.offload().device().map(to -> load(to, model, options, maxOutputs));
        } catch (RuntimeException | Error e) {
            closeHost();
            throw e;
        }
        device.ifPresent(forward::offload);
    }

    private static DeviceLayers load(Device to, LanguageModel model, EngineOptions options, int maxOutputs) {
        var widest = options.keyType() == TensorType.F32 || options.valueType() == TensorType.F32
                ? TensorType.F32
                : TensorType.F16;
        return DeviceLayers.load(to,
                new OffloadPlan(to.info(), model.config(), model.weights(), options.offload().layers(),
                        widest, options.cacheBlocks(), options.maxBatchTokens(), maxOutputs));
    }

    /** Packed rows are a copy, in memory that cannot be read again from the file: where that would be most of it, weights stay as they are. */
    private static boolean packs(LanguageModel model, EngineOptions options) {
        long machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        boolean fits = model.memory(options.keyType(), options.valueType()).leavesRoomWhenCopied(machine);
        if (!fits) {
            LOG.warn(
                    "{} is computed from its file, which is slower: a copy of its {} MiB of weights in the order in which"
                            + " they are read fastest would take more than three quarters of this machine's {} MiB",
                    model.name(), model.size() >> 20, machine >> 20);
        }
        return fits;
    }

    BlockPool pool() {
        return pool;
    }

    /** The batch to fill before {@link #run}. */
    Batch batch() {
        return batch;
    }

    void run() {
        rehearsal.await();
        forward.run(batch);
    }

    /** The logits of the last run's outputs, one after the other. */
    float[] logits() {
        return forward.logits();
    }

    /** The tokens that have a logit in an output's; empty if all have. */
    int[] chosen(int output) {
        return batch.chosen(output);
    }

    /** Where an output's logits begin. */
    int offset(int output) {
        return output * vocabulary;
    }

    /** The hidden states of the last run, one after the other. */
    float[] hidden() {
        return forward.hidden();
    }

    /**
     * Goes on without the device, which failed: all layers are computed here from now on. No sequence may have blocks, and what blocks held is forgotten.
     *
     * @return false if there is none
     */
    boolean leaveDevice() {
        if (device.isEmpty()) {
            return false;
        }
        forward.takeBack();
        pool.forget();
        DeviceLayers left = device.get();
        device = Optional.empty();
        try {
            left.close();
        } catch (GpuException e) {
            LOG.warn("The graphics processor could not be given back: {}", e.getMessage());
        }
        return true;
    }

    @Override
    public void close() {
        try {
            device.ifPresent(DeviceLayers::close);
        } finally {
            closeHost();
        }
    }

    private void closeHost() {
        pool.close();
        threads.close();
        forward.close();
    }
}
