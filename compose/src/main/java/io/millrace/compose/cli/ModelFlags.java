package io.millrace.compose.cli;

import com.sun.management.OperatingSystemMXBean;
import io.millrace.compose.UserException;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.ModelMemory;
import io.millrace.inference.Offload;
import io.millrace.inference.Speculation;
import io.millrace.inference.gguf.TensorType;
import java.lang.management.ManagementFactory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model to run, and with how much of the machine. */
final class ModelFlags {
    /** Beyond what any model was made for. */
    private static final int MAX_CONTEXT = 1 << 20;

    @Mixin
    private ModelFile modelFile;

    @Option(names = {"-c",
            "--ctx-size"}, paramLabel = "N", defaultValue = "0", description = "Tokens of prompt and answer together; 0 takes what the model was made for, as far as memory allows; beyond it text gets worse.")
    private int contextLength;

    @Option(names = {"-t",
            "--threads"}, paramLabel = "N", description = "Threads that compute; one a core unless given.")
    private Integer threads;

    @Mixin
    private CacheFlags cache;

    @Mixin
    private OffloadFlags offloadFlags;

    /** Opens the model; the caller closes it. */
    LanguageModel open() {
        return modelFile.open();
    }

    /**
     * How an engine is to run it.
     *
     * @param longestDefaultContext what 0 takes at most
     */
    EngineOptions options(LanguageModel model, int sequences, int longestDefaultContext) {
        return options(model, sequences, longestDefaultContext, 0, Speculation.none());
    }

    /**
     * How an engine is to run it.
     *
     * @param longestDefaultContext what 0 takes at most
     * @param totalTokens of all sequences together; 0 for as many as they may need, as far as memory allows
     * @param speculation how tokens are guessed ahead
     */
    EngineOptions options(LanguageModel model, int sequences, int longestDefaultContext, int totalTokens,
            Speculation speculation) {
        if (contextLength < 0 || contextLength == 1 || contextLength > MAX_CONTEXT) {
            throw new UserException("--ctx-size must be from 2 to " + MAX_CONTEXT + ", or 0 for the "
                    + model.contextLength() + " that " + model.name() + " was made for, not " + contextLength);
        }
        if (threads != null && threads < 1) {
            throw new UserException("--threads must be 1 or more, not " + threads);
        }
        requireCacheTypes(model);
        var choice = new CacheBudget(model.contextLength(), memory(model, speculation), sequences, machineBytes())
                .choose(contextLength, totalTokens, longestDefaultContext);
        Offload offload = offloadFlags.offload();
        EngineOptions options = EngineOptions.defaults(model).withContextLength(choice.contextLength())
                .withMaxSequences(sequences).withCacheTypes(cache.keyType(), cache.valueType())
                .withSpeculation(speculation).withOffload(offload);
        if (offload.takesAll(model)) {
            options = options.withMaxBatchTokens(Math.max(options.maxBatchTokens(), Offload.batchTokens(model)));
        }
        if (choice.cacheTokens().isPresent()) {
            options = options.withCacheTokens(choice.cacheTokens().getAsInt());
        }
        return threads == null ? options : options.withThreads(threads);
    }

    private static long machineBytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    /** What both models take, if there are two. */
    private ModelMemory memory(LanguageModel model, Speculation speculation) {
        ModelMemory memory = model.memory(cache.keyType(), cache.valueType());
        if (!(speculation instanceof Speculation.DraftModel draft)) {
            return memory;
        }
        requireCacheTypes(draft.model());
        try {
            draft.requireFits(model);
        } catch (IllegalArgumentException e) {
            throw new UserException("--model-draft: " + e.getMessage(), e);
        }
        return memory.plus(draft.model().memory(cache.keyType(), cache.valueType()));
    }

    private void requireCacheTypes(LanguageModel model) {
        requireCacheType("--cache-type-k", cache.keyType(), model);
        requireCacheType("--cache-type-v", cache.valueType(), model);
    }

    private static void requireCacheType(String flag, TensorType type, LanguageModel model) {
        if (!EngineOptions.cacheTypes(model).contains(type)) {
            throw new UserException(flag + ": " + model.name() + " can keep its cache as "
                    + EngineOptions.cacheTypes(model) + ", not as " + type);
        }
    }
}
