package io.millrace.inference.model;

import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.cache.SequenceCache;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Kernels;
import io.millrace.inference.kernel.HeadBlocks;
import java.util.Arrays;
import java.util.List;

/** Runs a model's forward pass without the engine. */
final class Runner implements AutoCloseable {
    static final int BATCH_TOKENS = 64;

    private final LlamaWeights weights;
    private final ComputeThreads threads;
    private final BlockPool pool;
    private final LlamaForward forward;
    private final Batch batch = new Batch(BATCH_TOKENS);

    Runner(Gguf file, int vocabulary, Kernels kernels, int members, int contextLength) {
        this(file, vocabulary, kernels, members, contextLength, TensorType.F32);
    }

    Runner(Gguf file, int vocabulary, Kernels kernels, int members, int contextLength, TensorType cacheType) {
        LlamaConfig config = LlamaConfig.of(file.metadata());
        weights = LlamaWeights.of(file, config, vocabulary, kernels.types());
        threads = new ComputeThreads(members);
        HeadBlocks blocks = kernels.headBlocks(cacheType);
        long bytes = cacheType.bytes(config.keyValueWidth());
        pool = new BlockPool(config.layers(), bytes, bytes,
                4 * BlockPool.blocksFor(contextLength));
        forward = new LlamaForward(config, weights, kernels, threads, true, blocks, blocks, BATCH_TOKENS, BATCH_TOKENS);
    }

    SequenceCache newSequence() {
        return new SequenceCache(pool);
    }

    /** Computes tokens of one sequence from a position on; their logits, token by token. */
    float[][] run(SequenceCache cache, int position, int... tokens) {
        var logits = new float[tokens.length][];
        for (int from = 0; from < tokens.length; from += BATCH_TOKENS) {
            int to = Math.min(from + BATCH_TOKENS, tokens.length);
            batch.clear();
            cache.reserve(position + to);
            for (int i = from; i < to; i++) {
                batch.add(tokens[i], position + i, cache);
                batch.wantLogits();
            }
            forward.run(batch);
            for (int i = from; i < to; i++) {
                logits[i] = row(i - from);
            }
        }
        return logits;
    }

    /** One token of each of several sequences, in one batch. */
    float[][] step(List<SequenceCache> caches, int[] positions, int[] tokens) {
        batch.clear();
        var logits = new float[tokens.length][];
        for (int i = 0; i < tokens.length; i++) {
            caches.get(i).reserve(positions[i] + 1);
            batch.add(tokens[i], positions[i], caches.get(i));
            batch.wantLogits();
        }
        forward.run(batch);
        for (int i = 0; i < tokens.length; i++) {
            logits[i] = row(i);
        }
        return logits;
    }

    private float[] row(int index) {
        int size = weights.vocabularySize();
        return Arrays.copyOfRange(forward.logits(), index * size, (index + 1) * size);
    }

    static int argmax(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    static double logSumExp(float[] logits) {
        double max = logits[argmax(logits)];
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        return max + Math.log(sum);
    }

    @Override
    public void close() {
        threads.close();
        forward.close();
        pool.close();
    }
}
