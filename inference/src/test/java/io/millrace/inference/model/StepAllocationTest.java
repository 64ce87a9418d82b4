package io.millrace.inference.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.SamplingOptions;
import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.cache.SequenceCache;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.HeadBlocks;
import io.millrace.inference.kernel.Kernels;
import io.millrace.inference.sample.Sampler;
import io.millrace.inference.sample.SequenceBreakers;
import io.millrace.inference.sample.TokenConstraint;
import io.millrace.inference.tokenizer.Tokenizers;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the step thread allocates, counted by the JVM. */
class StepAllocationTest {
    private static final int SEQUENCES = 5;
    private static final int CONTEXT = 512;
    private static final int WINDOW = 100;
    /** The JIT needs this long on a busy machine, not on others: until it is done, vectors are objects. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Batch, forward pass and choice of tokens, of sequences whose cache grows. */
    @ParameterizedTest
    @EnumSource(value = TensorType.class, names = {"F32", "F16", "Q8_0"})
    void aStepAllocatesNothingOnceItIsCompiled(TensorType cacheType) {
        try (Gguf file = LanguageModel.demoFile(); var step = new Step(file, cacheType)) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            long allocated = 1;
            while (allocated != 0 && System.nanoTime() < deadline) {
                step.restart();
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < WINDOW; i++) {
                    step.run();
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertThat(allocated).as("bytes allocated by %s steps of %s sequences", WINDOW, SEQUENCES).isZero();
        }
    }

    /** Steps of decoding sequences, on this thread alone. */
    private static final class Step implements AutoCloseable {
        private final ComputeThreads threads = new ComputeThreads(1);
        private final BlockPool pool;
        private final LlamaForward forward;
        private final Batch batch = new Batch(SEQUENCES);
        private final List<SequenceCache> caches = new ArrayList<>();
        private final List<Sampler> samplers = new ArrayList<>();
        private final int[] tokens = new int[SEQUENCES];
        private final int vocabulary;
        private int position;

        Step(Gguf file, TensorType cacheType) {
            LlamaConfig config = LlamaConfig.of(file.metadata());
            Kernels kernels = Kernels.fastest();
            HeadBlocks blocks = kernels.headBlocks(cacheType);
            vocabulary = Tokenizers.of(file.metadata()).vocabulary().size();
            long bytes = cacheType.bytes(config.keyValueWidth());
            pool = new BlockPool(config.layers(), bytes, bytes, SEQUENCES * BlockPool.blocksFor(CONTEXT));
            forward = new LlamaForward(config, LlamaWeights.of(file, config, vocabulary, kernels.types()), kernels,
                    threads, true, blocks, blocks, SEQUENCES, SEQUENCES);
            for (int i = 0; i < SEQUENCES; i++) {
                var cache = new SequenceCache(pool);
                cache.reserve(CONTEXT);
                caches.add(cache);
                samplers.add(new Sampler(i == 0 ? SamplingOptions.GREEDY : SamplingOptions.DEFAULT.withSeed(i),
                        vocabulary, TokenConstraint.NONE, SequenceBreakers.NONE));
            }
        }

        void restart() {
            position = 0;
        }

        void run() {
            batch.clear();
            for (int i = 0; i < SEQUENCES; i++) {
                batch.add(tokens[i], position, caches.get(i));
                batch.wantLogits();
            }
            forward.run(batch);
            position++;
            for (int i = 0; i < SEQUENCES; i++) {
                tokens[i] = samplers.get(i).sample(forward.logits(), i * vocabulary, position, batch.chosen(i));
                samplers.get(i).accept(tokens[i]);
            }
        }

        @Override
        public void close() {
            threads.close();
            forward.close();
            pool.close();
        }
    }
}
