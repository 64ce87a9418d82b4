package io.millrace.inference.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.bench.LlamaShape;
import io.millrace.inference.bench.SyntheticLlama;
import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.cache.SequenceCache;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.gpu.Device;
import io.millrace.inference.gpu.KernelSource;
import io.millrace.inference.gpu.TestDevice;
import io.millrace.inference.kernel.HeadBlocks;
import io.millrace.inference.kernel.Kernels;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceLayersTest {
    private static final int VOCABULARY = 512;
    private static final int DECODED = 3;
    private static final int BLOCKS = 12;
    private static final double TOLERANCE = 1e-2;

    /** Without codes, with codes of a byte, and with scales of scales. */
    static final List<TensorType> COMMON = List.of(TensorType.F16, TensorType.Q8_0, TensorType.Q4_K, TensorType.Q6_K);

    private Device device = TestDevice.find();
    private int tokens = 45;
    private String shape = "3x256x512x8x2x" + VOCABULARY;

    @TempDir
    private Path folder;

    static Stream<TensorType> types() {
        return KernelSource.TYPES.stream();
    }

    static Stream<TensorType> otherTypes() {
        return types().filter(type -> !COMMON.contains(type));
    }

    /**
     * Against the vector kernels with matrices as they are. Packed ones round activations to eight bits, which here moves logits by some hundredths: as far as
     * that, and no further, may the device be from them.
     */
    @ParameterizedTest
    @FieldSource("COMMON")
    void logitsAreThoseOfTheVectorKernels(TensorType type) {
        compare(type, 1, 2, 3, 4);
    }

    /** Compiling their kernels takes PoCL some seconds each. */
    @Tag("long")
    @ParameterizedTest
    @MethodSource("otherTypes")
    void soAreThoseOfEveryOtherType(TensorType type) {
        compare(type, 1, 2, 3, 4);
    }

    private void compare(TensorType type, int... counts) {
        Path path = folder.resolve("model.gguf");
        new SyntheticLlama(LlamaShape.parse(shape), type, 3).write(path, _ -> {});
        try (Gguf file = Gguf.open(path)) {
            float[] plain = logits(file, false, 0);
            float[] packed = logits(file, true, 0);
            float rounding = difference(plain, packed);
            for (int layers : counts) {
                float[] offloaded = logits(file, false, layers);
                assertThat(difference(offloaded, plain)).as(layers + " layers").isLessThan((float) TOLERANCE);
                assertThat(difference(offloaded, packed)).as(layers + " layers")
                        .isLessThan(rounding + (float) TOLERANCE);
            }
        }
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("types")
    void soAreThoseOfMatrixUnitsOfEveryType(TensorType type) {
        device = TestDevice.withMatrixUnits();
        compare(type, 2, 4);
    }

    /** The positions before a token are so many that more groups than one attend to them. */
    @Test
    void soAreThoseOfMatrixUnits() {
        device = TestDevice.withMatrixUnits();
        tokens = 330;
        compare(TensorType.Q4_K, 2, 4);
    }

    /** Three query heads share keys, which no tile of 16 rows holds evenly; the story model has other odd numbers. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void soAreThoseOfThreeHeadsAKey(boolean hasMatrixUnits) {
        shape = "3x768x512x6x2x" + VOCABULARY;
        device = hasMatrixUnits ? TestDevice.withMatrixUnits() : device;
        compare(TensorType.Q4_K, 4);
    }

    private static float difference(float[] a, float[] b) {
        float largest = 0;
        for (int i = 0; i < a.length; i++) {
            assertThat(a[i]).isFinite();
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }

    /** Of a step with many tokens, and of some with one. */
    private float[] logits(Gguf file, boolean packs, int layers) {
        LlamaConfig config = LlamaConfig.of(file.metadata());
        Kernels kernels = Kernels.fastest();
        LlamaWeights weights = LlamaWeights.of(file, config, VOCABULARY, kernels.types());
        HeadBlocks blocks = kernels.headBlocks(TensorType.F32);
        long bytes = TensorType.F32.bytes(config.keyValueWidth());
        var batch = new Batch(tokens);
        var all = new float[(tokens + DECODED) * VOCABULARY];
        var plan = new OffloadPlan(device.info(), config, weights, layers, TensorType.F32, BLOCKS, tokens, tokens);
        try (var threads = new ComputeThreads(2);
                var pool = new BlockPool(config.layers(), bytes, bytes, BLOCKS);
                var forward = new LlamaForward(config, weights, kernels, threads, packs, blocks, blocks, tokens,
                        tokens);
                var there = layers == 0 ? null : DeviceLayers.load(device, plan)) {
            if (there != null) {
                forward.offload(there);
            }
            var cache = new SequenceCache(pool);
            cache.reserve(tokens + DECODED);
            int position = 0;
            while (position < tokens + DECODED) {
                int from = position;
                batch.clear();
                for (int to = position < tokens ? tokens : position + 1; position < to; position++) {
                    batch.add(3 + position * 37 % 500, position, cache);
                    batch.wantLogits();
                }
                forward.run(batch);
                System.arraycopy(forward.logits(), 0, all, from * VOCABULARY, batch.outputCount() * VOCABULARY);
            }
            cache.free();
        }
        return all;
    }
}
