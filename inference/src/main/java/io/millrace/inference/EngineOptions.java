package io.millrace.inference;

import static java.util.stream.Collectors.toCollection;

import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.HeadBlocks;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * How an engine runs a model.
 *
 * @param contextLength the most positions of one generation, prompt and generated tokens together; 2 or more
 * @param maxSequences how many generations share a step; more wait; 1 or more
 * @param threads how many threads compute; 1 or more
 * @param maxBatchTokens the most tokens of a step, at least {@code maxSequences}: long prompts are computed in chunks of it
 * @param tokensBesideDecoding the most prompt tokens of a step in which other generations decode, 1 or more: all of these wait
 *            for the step
 * @param cacheTokens positions that the cache holds, of all generations together, at least {@code contextLength}: when they run short, generations
 *            are preempted; empty for {@code maxSequences} times {@code contextLength}, when they cannot
 * @param speculation how tokens are guessed ahead
 * @param keyType how the cache keeps keys, one of {@link #cacheTypes}
 * @param valueType how the cache keeps values, likewise
 * @param offload what is left to a graphics processor
 */
public record EngineOptions(int contextLength, int maxSequences, int threads, int maxBatchTokens,
        int tokensBesideDecoding, OptionalInt cacheTokens, Speculation speculation,
        TensorType keyType, TensorType valueType, Offload offload) {
    private static final int DEFAULT_SEQUENCES = 16;
    private static final int DEFAULT_BATCH_TOKENS = 256;
    private static final int DEFAULT_TOKENS_BESIDE_DECODING = 64;

    public EngineOptions {
        require(contextLength >= 2, "contextLength", contextLength, "2 or more");
        require(maxSequences >= 1, "maxSequences", maxSequences, "1 or more");
        require(threads >= 1, "threads", threads, "1 or more");
        require(maxBatchTokens >= maxSequences, "maxBatchTokens", maxBatchTokens,
                "at least maxSequences, " + maxSequences);
        require(tokensBesideDecoding >= 1, "tokensBesideDecoding", tokensBesideDecoding, "1 or more");
        require(cacheTokens.orElse(contextLength) >= contextLength, "cacheTokens", cacheTokens.orElse(0),
                "at least contextLength, " + contextLength);
    }

    /** The model's whole context, 16 sequences, every core; keys and values in single precision, of all that may be needed. */
    public static EngineOptions defaults(LanguageModel model) {
        return new EngineOptions(model.contextLength(), DEFAULT_SEQUENCES, Runtime.getRuntime().availableProcessors(),
                DEFAULT_BATCH_TOKENS, DEFAULT_TOKENS_BESIDE_DECODING, OptionalInt.empty(), Speculation.none(),
                TensorType.F32, TensorType.F32, Offload.NONE);
    }

    /** The types that a model's keys and values can be kept in: those whose blocks fill its heads. */
    public static Set<TensorType> cacheTypes(LanguageModel model) {
        return HeadBlocks.types().stream().filter(type -> model.config().headWidth() % type.blockSize() == 0)
                .collect(toCollection(TreeSet::new));
    }

    /**
     * Makes sure that a model can keep its cache so.
     *
     * @throws IllegalArgumentException if it cannot
     */
    void requireCacheTypes(LanguageModel model) {
        for (TensorType type : List.of(keyType, valueType)) {
            if (!cacheTypes(model).contains(type)) {
                throw new IllegalArgumentException(model.name() + " can keep its cache as " + cacheTypes(model)
                        + ", not as " + type);
            }
        }
    }

    /** The most key-value blocks that the cache holds. */
    public int cacheBlocks() {
        return cacheTokens.isPresent()
                ? BlockPool.blocksFor(cacheTokens.getAsInt())
                : Math.multiplyExact(maxSequences, BlockPool.blocksFor(contextLength));
    }

    /** The most tokens of a step whose logits are wanted. */
    int maxOutputs() {
        return (int) Math.min(maxBatchTokens, (long) maxSequences * (1 + speculation.tokens()));
    }

    /** Also raises {@link #cacheTokens} where it would be too small. */
    public EngineOptions withContextLength(int newContextLength) {
        OptionalInt enough = cacheTokens.isPresent()
                ? OptionalInt.of(Math.max(cacheTokens.getAsInt(), newContextLength))
                : cacheTokens;
        return new EngineOptions(newContextLength, maxSequences, threads, maxBatchTokens, tokensBesideDecoding, enough,
                speculation,
                keyType, valueType, offload);
    }

    /** Also raises {@link #maxBatchTokens} where it would be too small. */
    public EngineOptions withMaxSequences(int newMaxSequences) {
        return new EngineOptions(contextLength, newMaxSequences, threads, Math.max(maxBatchTokens, newMaxSequences),
                tokensBesideDecoding, cacheTokens, speculation,
                keyType, valueType, offload);
    }

    public EngineOptions withThreads(int newThreads) {
        return new EngineOptions(contextLength, maxSequences, newThreads, maxBatchTokens, tokensBesideDecoding,
                cacheTokens, speculation,
                keyType, valueType, offload);
    }

    public EngineOptions withMaxBatchTokens(int newMaxBatchTokens) {
        return new EngineOptions(contextLength, maxSequences, threads, newMaxBatchTokens, tokensBesideDecoding,
                cacheTokens, speculation,
                keyType, valueType, offload);
    }

    public EngineOptions withTokensBesideDecoding(int newTokensBesideDecoding) {
        return new EngineOptions(contextLength, maxSequences, threads, maxBatchTokens, newTokensBesideDecoding,
                cacheTokens, speculation,
                keyType, valueType, offload);
    }

    public EngineOptions withCacheTokens(int newCacheTokens) {
        return new EngineOptions(contextLength, maxSequences, threads, maxBatchTokens, tokensBesideDecoding,
                OptionalInt.of(newCacheTokens), speculation,
                keyType, valueType, offload);
    }

    public EngineOptions withSpeculation(Speculation newSpeculation) {
        return new EngineOptions(contextLength, maxSequences, threads, maxBatchTokens, tokensBesideDecoding,
                cacheTokens, newSpeculation, keyType, valueType, offload);
    }

    /** Keeps keys and values in these types. */
    public EngineOptions withCacheTypes(TensorType newKeyType, TensorType newValueType) {
        return new EngineOptions(contextLength, maxSequences, threads, maxBatchTokens, tokensBesideDecoding,
                cacheTokens, speculation,
                newKeyType, newValueType, offload);
    }

    /** Leaves layers to a graphics processor. */
    public EngineOptions withOffload(Offload newOffload) {
        return new EngineOptions(contextLength, maxSequences, threads, maxBatchTokens, tokensBesideDecoding,
                cacheTokens, speculation, keyType, valueType, newOffload);
    }

    private static void require(boolean ok, String name, int value, String range) {
        if (!ok) {
            throw new IllegalArgumentException(name + " must be " + range + ", not " + value);
        }
    }
}
