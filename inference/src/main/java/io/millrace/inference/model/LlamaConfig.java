package io.millrace.inference.model;

import io.millrace.inference.gguf.GgufException;
import io.millrace.inference.gguf.Metadata;

/**
 * The shape of a Llama model.
 *
 * @param width floats a token between layers ({@code embedding_length})
 * @param feedForwardWidth floats inside the feed-forward part
 * @param heads query heads
 * @param keyValueHeads key and value heads; each serves {@code heads / keyValueHeads} query heads
 * @param headWidth floats a head
 * @param rotaryWidth how many floats of a head are rotated
 * @param rotaryBase theta of the slowest pair
 * @param rotaryScale positions are multiplied with this (linear scaling; 1 is none)
 * @param contextLength positions the model was made for
 */
public record LlamaConfig(int layers, int width, int feedForwardWidth, int heads, int keyValueHeads, int headWidth,
        int rotaryWidth, float rotaryBase, float rotaryScale, float normEpsilon, int contextLength) {
    private static final String ARCHITECTURE = "llama";

    /** Floats a token of all queries together. */
    public int queryWidth() {
        return heads * headWidth;
    }

    /** Floats a token of all keys together, and of all values. */
    public int keyValueWidth() {
        return keyValueHeads * headWidth;
    }

    /**
     * Reads the shape from a file's metadata.
     *
     * @throws GgufException if it is of another architecture, or the numbers cannot be a model's
     */
    public static LlamaConfig of(Metadata metadata) {
        String architecture = metadata.string("general.architecture");
        if (!architecture.equals(ARCHITECTURE)) {
            throw new GgufException(metadata.source() + ": holds a model of architecture '" + architecture
                    + "'; Millrace runs '" + ARCHITECTURE + "'");
        }
        int width = positive(metadata, "llama.embedding_length");
        int heads = positive(metadata, "llama.attention.head_count");
        int keyValueHeads = metadata.count("llama.attention.head_count_kv", heads);
        if (keyValueHeads == 0 || heads % keyValueHeads != 0) {
            throw new GgufException(metadata.source() + ": " + heads + " attention heads cannot share " + keyValueHeads
                    + " key-value heads");
        }
        int headWidth = metadata.count("llama.attention.key_length", width / heads);
        int rotaryWidth = metadata.count("llama.rope.dimension_count", headWidth);
        if (headWidth == 0 || rotaryWidth > headWidth || rotaryWidth % 2 != 0) {
            throw new GgufException(metadata.source() + ": a head of " + headWidth + " cannot have " + rotaryWidth
                    + " rotary dimensions");
        }
        if (metadata.count("llama.attention.value_length", headWidth) != headWidth) {
            throw new GgufException(metadata.source()
                    + ": llama.attention.value_length differs from llama.attention.key_length, which is not supported");
        }
        float epsilon = metadata.number("llama.attention.layer_norm_rms_epsilon");
        float base = metadata.number("llama.rope.freq_base", 10000);
        if (!(epsilon >= 0 && epsilon < 1) || !(base > 0 && base < Float.POSITIVE_INFINITY)) {
            throw new GgufException(metadata.source() + ": llama.attention.layer_norm_rms_epsilon is " + epsilon
                    + " and llama.rope.freq_base is " + base + ", which cannot be");
        }
        return new LlamaConfig(positive(metadata, "llama.block_count"), width,
                positive(metadata, "llama.feed_forward_length"), heads, keyValueHeads, headWidth, rotaryWidth, base,
                rotaryScale(metadata), epsilon, positive(metadata, "llama.context_length"));
    }

    private static float rotaryScale(Metadata metadata) {
        String type = metadata.optionalString("llama.rope.scaling.type").orElse("none");
        return switch (type) {
            case "none" -> 1;
            case "linear" -> {
                float factor = metadata.number("llama.rope.scaling.factor");
                if (!(factor > 0 && factor < Float.POSITIVE_INFINITY)) {
                    throw new GgufException(
                            metadata.source() + ": llama.rope.scaling.factor must be above 0, not " + factor);
                }
                yield 1 / factor;
            }
            default -> throw new GgufException(metadata.source() + ": llama.rope.scaling.type is '" + type
                    + "'; none and linear are supported");
        };
    }

    private static int positive(Metadata metadata, String key) {
        int value = metadata.count(key);
        if (value == 0) {
            throw new GgufException(metadata.source() + ": " + key + " must be above 0");
        }
        return value;
    }
}
