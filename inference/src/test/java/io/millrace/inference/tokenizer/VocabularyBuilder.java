package io.millrace.inference.tokenizer;

import io.millrace.inference.gguf.Metadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes small vocabularies, sound ones to begin with. */
public final class VocabularyBuilder {
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final List<String> tokens = new ArrayList<>();
    private final List<Long> types = new ArrayList<>();

    /** Bytes 0 to 255 as the tokens of the same number, without merges. */
    public static VocabularyBuilder bytePair() {
        VocabularyBuilder builder = new VocabularyBuilder();
        for (int value = 0; value < 256; value++) {
            builder.token(String.valueOf(ByteAlphabet.character(value)), 1);
        }
        return builder.with("tokenizer.ggml.model", "gpt2").with("tokenizer.ggml.pre", "llama-bpe")
                .with("tokenizer.ggml.merges", new String[0]);
    }

    /** Unknown, begin and end, and the bytes. */
    public static VocabularyBuilder sentencePiece() {
        VocabularyBuilder builder = new VocabularyBuilder().token("<unk>", 2).token("<s>", 3).token("</s>", 3);
        for (int value = 0; value < 256; value++) {
            builder.token("<0x%02X>".formatted(value), 6);
        }
        return builder.with("tokenizer.ggml.model", "llama");
    }

    public VocabularyBuilder token(String text, long type) {
        tokens.add(text);
        types.add(type);
        return this;
    }

    public VocabularyBuilder with(String key, Object value) {
        values.put(key, value);
        return this;
    }

    public int lastToken() {
        return tokens.size() - 1;
    }

    /** Keys given by {@link #with} win over what was built; a null value leaves the key out. */
    public Metadata metadata() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("tokenizer.ggml.tokens", tokens.toArray(new String[0]));
        all.put("tokenizer.ggml.token_type", types.stream().mapToLong(Long::longValue).toArray());
        float[] scores = new float[tokens.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = -i;
        }
        all.put("tokenizer.ggml.scores", scores);
        all.putAll(values);
        all.values().removeIf(value -> value == null);
        return new Metadata("tiny.gguf", all);
    }

    public Tokenizer build() {
        return Tokenizers.of(metadata());
    }
}
