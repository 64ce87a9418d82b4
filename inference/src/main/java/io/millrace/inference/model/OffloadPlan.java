package io.millrace.inference.model;

import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.gpu.DeviceInfo;
import io.millrace.inference.gpu.GpuException;
import io.millrace.inference.gpu.KernelSource;
import io.millrace.inference.gpu.WeightPlanes;
import io.millrace.inference.kernel.Matrix;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What of a model goes to a device, and how much memory that takes: known before anything is copied.
 *
 * @param device where it goes
 * @param layers how many, the last ones; more than the model has takes the last norm and the output matrix as well
 * @param cacheType how a device without matrix units keeps keys and values; with them it keeps halves
 * @param cacheBlocks how many blocks of positions
 * @param maxTokens the most tokens of a batch
 * @param maxOutputs the most of them whose logits are wanted
 */
public record OffloadPlan(DeviceInfo device, LlamaConfig config, LlamaWeights weights, int layers, TensorType cacheType,
        int cacheBlocks, int maxTokens, int maxOutputs) {
    /** What drivers take for themselves: one of so many parts. */
    private static final int DRIVERS_SHARE = 32;

    /** The first layer that is the device's. */
    int firstLayer() {
        return Math.max(0, config.layers() - layers);
    }

    boolean hasOutput() {
        return layers > config.layers();
    }

    /** Whether tokens are embedded there too: where the table is there anyway. */
    boolean embeds() {
        return hasOutput() && weights.tokenEmbedding().equals(weights.output());
    }

    List<LlamaWeights.Layer> offloaded() {
        return weights.layers().subList(firstLayer(), config.layers());
    }

    private Stream<Matrix> matrices() {
        return Stream.concat(offloaded().stream().flatMap(LlamaWeights.Layer::matrices),
                hasOutput() ? Stream.of(weights.output()) : Stream.empty());
    }

    /** The types of its matrices. */
    Set<TensorType> types() {
        Set<TensorType> types = EnumSet.noneOf(TensorType.class);
        matrices().map(Matrix::type).forEach(types::add);
        return types;
    }

    private OffloadPlan with(int newLayers) {
        return new OffloadPlan(device, config, weights, newLayers, cacheType, cacheBlocks, maxTokens, maxOutputs);
    }

    /**
     * Makes sure that there are kernels for it.
     *
     * @throws GpuException if there are not; the message names the tensor, and says how many layers can go
     */
    void requireKernels() {
        if (config.headWidth() > KernelSource.WIDEST_HEAD) {
            throw new GpuException("no layer can go to a graphics processor: heads of " + config.headWidth()
                    + " numbers are wider than the " + KernelSource.WIDEST_HEAD + " that its kernels take");
        }
        matrices().filter(OffloadPlan::lacksKernel).findFirst().ifPresent(matrix -> {
            int most = 0;
            while (most < layers && with(most + 1).matrices().noneMatch(OffloadPlan::lacksKernel)) {
                most++;
            }
            throw new GpuException("the tensor " + matrix.name() + ", with rows of " + matrix.columns()
                    + " numbers, is of type " + matrix.type()
                    + ", for which there is no kernel on graphics processors: "
                    + (most == 0 ? "no layer can go there" : "the last " + most + " layers can go there"));
        });
    }

    private static boolean lacksKernel(Matrix matrix) {
        return !KernelSource.TYPES.contains(matrix.type()) || matrix.columns() % KernelSource.ROW_MULTIPLE != 0;
    }

    /** Bytes of all that is on the device, but for what the driver takes and tables of very long contexts. */
    long bytes() {
        long numbers = (long) WeightPlanes.stride(config.width()) + WeightPlanes.stride(config.queryWidth())
                + WeightPlanes.stride(config.feedForwardWidth()) + config.width() + config.queryWidth()
                + 2L * config.keyValueWidth() + StepInputs.wordsOfToken(config);
        return matrices().mapToLong(OffloadPlan::bytesThere).sum() + DeviceWeights.stagedBytes(matrices().toList())
                + offloaded().size() * 2L * (DeviceAttention.keyBytes(this) + (long) config.width() * Float.BYTES)
                + maxTokens * numbers * Float.BYTES + gateAndUpBytes() + DeviceAttention.workBytes(this)
                + logitsBytes();
    }

    private long logitsBytes() {
        return hasOutput()
                ? maxOutputs * DeviceLogits.bytesOfOutput(weights.vocabularySize())
                        + (long) config.width() * Float.BYTES
                : 0;
    }

    /** Whether a layer's gates share tiles with what they let through. */
    boolean weavesGates(LlamaWeights.Layer layer) {
        return device.hasMatrixUnits() && layer.gate().type() == layer.up().type();
    }

    /** Bytes of gates and of what they let through, of a step, where these are not multiplied at once. */
    long gateAndUpBytes() {
        return offloaded().stream().allMatch(this::weavesGates)
                ? 0
                : maxTokens * 2L * config.feedForwardWidth() * Float.BYTES;
    }

    private static long bytesThere(Matrix matrix) {
        return WeightPlanes.of(matrix.type()).bytes(matrix.rows() + WeightPlanes.TILE_ROWS, matrix.columns());
    }

    /** Bytes of the largest piece. */
    private long largest() {
        long ofLayers = offloaded().stream().flatMap(OffloadPlan::pieces)
                .mapToLong(piece -> piece.stream().mapToLong(OffloadPlan::bytesThere).sum()).max().orElse(0);
        long ofOutput = hasOutput() ? bytesThere(weights.output()) : 0;
        return LongStream.of(DeviceAttention.keyBytes(this), ofLayers, ofOutput, gateAndUpBytes(), logitsBytes()).max()
                .orElseThrow();
    }

    /** Matrices that may become one. */
    private static Stream<List<Matrix>> pieces(LlamaWeights.Layer layer) {
        return Stream.of(List.of(layer.query(), layer.key(), layer.value()), List.of(layer.attentionOutput()),
                List.of(layer.gate(), layer.up()), List.of(layer.down()));
    }

    private boolean fits(long freeBytes) {
        return bytes() <= freeBytes - freeBytes / DRIVERS_SHARE && largest() <= device.largestAllocation();
    }

    /**
     * Makes sure that the device has room for it.
     *
     * @throws GpuException if it has not; the message says how many layers would fit
     */
    void requireFits(long freeBytes) {
        if (fits(freeBytes)) {
            return;
        }
        int most = Math.min(layers, config.layers() + 1);
        while (most > 0 && !with(most).fits(freeBytes)) {
            most--;
        }
        throw new GpuException("the last " + offloaded().size() + " of " + config.layers() + " layers"
                + (hasOutput() ? " and the output" : "") + " take " + (bytes() >> 20) + " MiB on " + device.id() + ", "
                + device.name() + ", which has " + (freeBytes >> 20) + " MiB left, in pieces of up to "
                + (device.largestAllocation() >> 20) + " MiB: "
                + (most == 0 ? "not even one layer would fit" : most + " layers would fit")
                + "; keys and values of a shorter context, or of fewer sequences, take less");
    }
}
