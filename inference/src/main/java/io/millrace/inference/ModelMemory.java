package io.millrace.inference;

import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.model.LlamaConfig;

/**
 * What it takes to run a model.
 *
 * @param weightBytes of the file, which is mapped: it need not all be resident, but is slow where it is not
 * @param cacheBytesAPosition of keys and values, of one position of one sequence in all layers
 */
public record ModelMemory(long weightBytes, long cacheBytesAPosition) {
    /** An eighth of a machine's memory is left to the system and to the JVM's heap. */
    private static final int LEFT_TO_OTHERS = 8;

    /**
     * Counts.
     *
     * @throws io.millrace.inference.gguf.GgufException if the file is no model that Millrace runs
     */
    public static ModelMemory of(Gguf model, TensorType keyType, TensorType valueType) {
        return of(LlamaConfig.of(model.metadata()), model.size(), keyType, valueType);
    }

    static ModelMemory of(LlamaConfig config, long size, TensorType keyType, TensorType valueType) {
        int width = config.keyValueWidth();
        return new ModelMemory(size, config.layers()
                * (keyType.bytes(width) + valueType.bytes(width)));
    }

    /** Of two models that run side by side, on the same sequences. */
    public ModelMemory plus(ModelMemory other) {
        return new ModelMemory(weightBytes + other.weightBytes, cacheBytesAPosition + other.cacheBytesAPosition);
    }

    /** Bytes of keys and values when so many sequences are as long as they may get. */
    public long cacheBytes(int contextLength, int sequences) {
        return Math.multiplyExact(cacheBytesAPosition, Math.multiplyExact((long) contextLength, sequences));
    }

    /** The longest context for so many sequences whose keys and values fit so many bytes; may be 0. */
    public long contextFor(long bytes, int sequences) {
        return Math.max(0, bytes) / Math.multiplyExact(cacheBytesAPosition, sequences);
    }

    /** Bytes that a machine with so much memory has for keys and values beside the weights; negative if these alone are too much. */
    public long roomForCache(long machineBytes) {
        return machineBytes - machineBytes / LEFT_TO_OTHERS - weightBytes;
    }

    /** Whether a copy of the weights leaves a quarter of a machine's memory to everything else. */
    boolean leavesRoomWhenCopied(long machineBytes) {
        return weightBytes <= machineBytes / 4 * 3;
    }
}
