package io.millrace.inference.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.inference.SharedData;
import io.millrace.inference.gguf.GgufException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenizersTest {
    @Test
    void anUnknownModelIsRefusedWithWhatIsSupported() {
        refused(VocabularyBuilder.bytePair().with("tokenizer.ggml.model", "bert"), "tokenizer.ggml.model", "\"bert\"",
                "\"llama\"", "\"gpt2\"");
        refused(VocabularyBuilder.bytePair().with("tokenizer.ggml.model", null), "tokenizer.ggml.model is missing");
    }

    @Test
    void anotherWayOfSplittingWordsIsRefused() {
        refused(VocabularyBuilder.bytePair().with("tokenizer.ggml.pre", "qwen2"), "tokenizer.ggml.pre", "\"qwen2\"",
                "\"llama-bpe\"");
        refused(VocabularyBuilder.bytePair().with("tokenizer.ggml.pre", "default"), "\"default\"");
        refused(VocabularyBuilder.bytePair().with("tokenizer.ggml.pre", null), "tokenizer.ggml.pre is missing");
        assertThat(VocabularyBuilder.bytePair().with("tokenizer.ggml.pre", "llama3").build()).isNotNull();
    }

    @Test
    void absentArraysAreRefused() {
        refused(VocabularyBuilder.bytePair().with("tokenizer.ggml.tokens", null), "tokenizer.ggml.tokens is missing");
        refused(VocabularyBuilder.bytePair().with("tokenizer.ggml.tokens", new String[0]),
                "tokenizer.ggml.tokens is empty");
        refused(VocabularyBuilder.bytePair().with("tokenizer.ggml.merges", null), "tokenizer.ggml.merges is missing");
        refused(VocabularyBuilder.sentencePiece().with("tokenizer.ggml.scores", null),
                "tokenizer.ggml.scores is missing");
        refused(VocabularyBuilder.bytePair().with("tokenizer.ggml.tokens", new long[1]),
                "should be an array of strings");
    }

    @Test
    void arraysOfUnequalLengthAreRefused() {
        refused(VocabularyBuilder.bytePair().with("tokenizer.ggml.token_type", new long[3]), "token_type has 3", "256");
        refused(VocabularyBuilder.sentencePiece().with("tokenizer.ggml.scores", new float[3]), "scores has 3", "259");
    }

    @Test
    void valuesOutOfRangeAreRefused() {
        refused(VocabularyBuilder.bytePair().with("tokenizer.ggml.bos_token_id", 256L), "bos_token_id is 256",
                "256 tokens");
        refused(VocabularyBuilder.bytePair().with("tokenizer.ggml.eos_token_id", -1L), "eos_token_id is -1");
        refused(VocabularyBuilder.bytePair().with("tokenizer.ggml.eot_token_id", 4294967295L), "eot_token_id");
        refused(VocabularyBuilder.bytePair().token("x", 77), "token_type[256] is 77");
        refused(VocabularyBuilder.sentencePiece().token("<0xGG>", 6), "tokens[259]", "<0xGG>");
        refused(VocabularyBuilder.bytePair().with("tokenizer.ggml.merges", new String[]{"ab"}), "merges[0]", "\"ab\"");
        refused(VocabularyBuilder.bytePair().with("tokenizer.ggml.merges", new String[]{""}), "merges[0]");
        float[] scores = new float[259];
        scores[7] = Float.NaN;
        refused(VocabularyBuilder.sentencePiece().with("tokenizer.ggml.scores", scores), "scores[7]");
    }

    @Test
    void aVocabularyWithoutAByteIsRefused() {
        refused(new VocabularyBuilder().token("a", 1).with("tokenizer.ggml.model", "gpt2")
                .with("tokenizer.ggml.pre", "llama-bpe").with("tokenizer.ggml.merges", new String[0]), "0x00");
    }

    @Test
    void theBeginningOfSequenceIsAddedUnlessTheFileSaysNo() {
        assertThat(VocabularyBuilder.sentencePiece().build().vocabulary().beginningOfSequence()).hasValue(1);
        VocabularyBuilder builder = VocabularyBuilder.bytePair().token("<bos>", 1);
        assertThat(builder.build().vocabulary().beginningOfSequence()).isEmpty();
        builder.with("tokenizer.ggml.bos_token_id", 256L);
        assertThat(builder.build().vocabulary().beginningOfSequence()).hasValue(256);
        builder.with("tokenizer.ggml.add_bos_token", false);
        assertThat(builder.build().vocabulary().beginningOfSequence()).isEmpty();
        refused(VocabularyBuilder.bytePair().with("tokenizer.ggml.add_bos_token", true), "bos_token_id is missing");
    }

    @Test
    void endsOfGenerationAreFoundByIdAndByText() {
        Vocabulary vocabulary = VocabularyBuilder.bytePair().token("<|eot_id|>", 1).token("<fin>", 1).token("<stop>", 3)
                .with("tokenizer.ggml.eos_token_id", 257L).build().vocabulary();
        assertThat(vocabulary.isEndOfGeneration(256)).as("by text").isTrue();
        assertThat(vocabulary.isEndOfGeneration(257)).as("by id").isTrue();
        assertThat(vocabulary.isEndOfGeneration(258)).isFalse();
        assertThat(vocabulary.isControl(257)).as("whatever its type says").isTrue();
        assertThat(VocabularyBuilder.sentencePiece().build().vocabulary().isEndOfGeneration(2)).isTrue();
    }

    @Test
    void llama31EndsWithEachOfItsEnds() {
        Vocabulary vocabulary = Tokenizers.of(SharedData.metadata("llama31-vocab.gguf")).vocabulary();
        assertThat(vocabulary.size()).isEqualTo(128_256);
        assertThat(vocabulary.beginningOfSequence()).hasValue(128_000);
        assertThat(
                IntStream.range(0, vocabulary.size()).filter(vocabulary::isEndOfGeneration).mapToObj(vocabulary::piece))
                .containsExactly("<|end_of_text|>", "<|eot_id|>");
    }

    private static void refused(VocabularyBuilder builder, String... parts) {
        assertThatThrownBy(builder::build).isInstanceOf(GgufException.class).hasMessageContainingAll(parts)
                .hasMessageStartingWith("tiny.gguf: ");
    }
}
