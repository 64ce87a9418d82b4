package io.millrace.inference.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.millrace.inference.SharedData;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentencePieceTokenizerTest {
    private static final String MODEL = "stories260K.gguf";

    @Test
    void decodingGivesTheTextBack() {
        Tokenizer tokenizer = Tokenizers.of(SharedData.metadata(MODEL));
        RandomTexts texts = new RandomTexts("decodingGivesTheTextBack");
        for (int i = 0; i < 2_000; i++) {
            // the mark that stands for a space cannot be told from one
            String text = texts.next(30).replace('\u2581', '_');
            assertThat(tokenizer.decode(tokenizer.encode(text, false))).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", " ", "\n", "!", "😀", "ab ", "<", "<s>", "\uDE00", "the"})
    void aMegabyteOfOneThingIsEncodedInLinearTime(String thing) {
        Tokenizer tokenizer = Tokenizers.of(SharedData.metadata(MODEL));
        String text = thing.repeat((1 << 20) / thing.length());
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            assertThat(tokenizer.encode(text, true)).isNotEmpty();
            assertThat(tokenizer.decode(tokenizer.encode(text, false))).isEqualTo(WellFormed.of(text));
        });
    }

    @Test
    void theBestScoreIsMergedFirst() {
        VocabularyBuilder builder = VocabularyBuilder.sentencePiece().with("tokenizer.ggml.add_space_prefix", false);
        Tokenizer tokenizer = builder.token("a", 1).token("b", 1).token("c", 1).token("bc", 1).token("ab", 1).build();
        assertThat(tokenizer.encode("abc", false)).containsExactly(259, 262);
        assertThat(tokenizer.encode("ab", false)).containsExactly(263);
    }

    @Test
    void charactersWithoutATokenAreSpelledInBytes() {
        Tokenizer tokenizer = VocabularyBuilder.sentencePiece().with("tokenizer.ggml.add_space_prefix", false).build();
        assertThat(tokenizer.encode("é", false)).containsExactly(3 + 0xC3, 3 + 0xA9);
        assertThat(tokenizer.bytes(3 + 0xC3)).containsExactly(0xC3);
    }

    @Test
    void withoutByteTokensTheUnknownTokenStandsIn() {
        Tokenizer tokenizer = new VocabularyBuilder().with("tokenizer.ggml.model", "llama").token("<unk>", 2)
                .token("\u2581", 1).token("</s>", 3).build();
        assertThat(tokenizer.encode("x", false)).endsWith(0);
    }

    @Test
    void aSpaceGoesBeforeTheTextAndAfterSpecialTokens() {
        Tokenizer tokenizer = VocabularyBuilder.sentencePiece().token("\u2581", 1).token("a", 1).token("\u2581a", 1)
                .build();
        assertThat(tokenizer.encode("a", false)).containsExactly(261);
        assertThat(tokenizer.encode("a</s>a", true)).containsExactly(261, 2, 261);
        assertThat(tokenizer.encode("", false)).isEmpty();
        assertThat(tokenizer.decode(261, 261)).isEqualTo("a a");
    }

    @Test
    void plainTextNeverBecomesAControlOrByteToken() {
        Tokenizer tokenizer = VocabularyBuilder.sentencePiece().token("<", 1).token("s", 1).token("<s", 1).token(">", 1)
                .build();
        assertThat(tokenizer.encode("<s>", false)).doesNotContain(1);
        assertThat(tokenizer.encode("<s>", true)).containsExactly(1);
    }
}
