package io.millrace.inference.tokenizer;

import io.millrace.inference.gguf.GgufException;
import io.millrace.inference.gguf.Metadata;
import java.util.Set;

/** Makes the tokenizer that a model file asks for. */
public final class Tokenizers {
    static final String MODEL_KEY = "tokenizer.ggml.model";
    static final String SPLITTER_KEY = "tokenizer.ggml.pre";

    private static final Set<String> LLAMA_3_SPLITTERS = Set.of("llama-bpe", "llama3", "llama-v3");

    private Tokenizers() {}

    /**
     * The tokenizer described by the {@code tokenizer.ggml.*} keys.
     *
     * @throws GgufException if the file asks for one that is not supported, or describes it wrongly
     */
    public static Tokenizer of(Metadata metadata) {
        String model = metadata.string(MODEL_KEY);
        return switch (model) {
            case "llama" -> new SentencePieceTokenizer(TokenTable.of(metadata), metadata);
            case "gpt2" -> bytePair(metadata);
            default -> throw unsupported(metadata, MODEL_KEY, "\"" + model + "\"", "\"llama\" and \"gpt2\"");
        };
    }

    private static Tokenizer bytePair(Metadata metadata) {
        String splitter = metadata.optionalString(SPLITTER_KEY).orElse(null);
        if (splitter == null || !LLAMA_3_SPLITTERS.contains(splitter)) {
            // another way of splitting would give other ids than the model was trained on, and nobody would notice
            throw unsupported(metadata, SPLITTER_KEY, splitter == null ? "missing" : "\"" + splitter + "\"",
                    "\"llama-bpe\", \"llama3\" and \"llama-v3\"");
        }
        return new BytePairTokenizer(TokenTable.of(metadata), metadata);
    }

    private static GgufException unsupported(Metadata metadata, String key, String found, String supported) {
        return new GgufException(
                metadata.source() + ": " + key + " is " + found + "; supported are " + supported
                        + ". Use a model of the Llama family, or convert the file again with a current converter");
    }
}
