package io.millrace.inference.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.inference.SharedData;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytePairTokenizerTest {
    private static final int MEGABYTE = 1 << 20;
    private static final Duration FAR_MORE_THAN_LINEAR_TIME_TAKES = Duration.ofSeconds(30);

    @Test
    void llama31GivesTheIdsOfTheReference() {
        Tokenizer tokenizer = Tokenizers.of(SharedData.metadata("llama31-vocab.gguf"));
        for (JsonNode example : SharedData.golden("tokenizer-llama31.json")) {
            String text = example.get("text").asText();
            assertThat(tokenizer.encode(text, false)).as("plain: " + text).isEqualTo(ids(example.get("plain")));
            assertThat(tokenizer.encode(text, true)).as("special: " + text).isEqualTo(ids(example.get("special")));
            assertThat(tokenizer.decode(tokenizer.encode(text, false))).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"millrace-demo/millrace-demo-Q8_0.gguf", "quants/synthetic-Q8_0.gguf",
            "llama31-vocab.gguf"})
    void decodingGivesTheTextBack(String model) {
        Tokenizer tokenizer = Tokenizers.of(SharedData.metadata(model));
        RandomTexts texts = new RandomTexts("decodingGivesTheTextBack");
        for (int i = 0; i < 2_000; i++) {
            String text = texts.next(30);
            assertThat(tokenizer.decode(tokenizer.encode(text, false))).isEqualTo(text);
        }
    }

    @Test
    void aMegabyteOfOneThingIsEncodedInLinearTime() {
        Tokenizer tokenizer = Tokenizers.of(SharedData.metadata("llama31-vocab.gguf"));
        for (String thing : List.of("a", " ", "\n", "!", "1", "😀", "ab ", "<", "<|eot_id|>", "<|reserved_", "\uD83D",
                "'", "é")) {
            String text = thing.repeat(MEGABYTE / thing.length());
            assertTimeoutPreemptively(FAR_MORE_THAN_LINEAR_TIME_TAKES, () -> {
                assertThat(tokenizer.encode(text, true)).isNotEmpty();
                String expected = WellFormed.of(text);
                assertThat(tokenizer.decode(tokenizer.encode(text, false))).isEqualTo(expected);
            }, thing);
        }
    }

    @Test
    void lowerRanksAreMergedFirst() {
        Tokenizer tokenizer = VocabularyBuilder.bytePair().token("bc", 1).token("ab", 1).token("abc", 1)
                .with("tokenizer.ggml.merges", new String[]{"b c", "a b", "ab c"}).build();
        assertThat(tokenizer.encode("xabc", false)).containsExactly('x' + 0, 'a', 256);
        assertThat(tokenizer.encode("abx", false)).containsExactly(257, 'x');
    }

    @Test
    void aWholeWordThatIsATokenIsTakenAtOnce() {
        Tokenizer tokenizer = VocabularyBuilder.bytePair().token("word", 1).build();
        assertThat(tokenizer.encode("word words", false)).containsExactly(256, ' ', 'w', 'o', 'r', 'd', 's');
    }

    @Test
    void mergesThatMakeNoTokenAreNotMade() {
        Tokenizer tokenizer = VocabularyBuilder.bytePair().with("tokenizer.ggml.merges", new String[]{"! !"}).build();
        assertThat(tokenizer.decode(tokenizer.encode("!!!", false))).isEqualTo("!!!");
    }

    @Test
    void controlTokensAreFoundOnlyWhereAllowed() {
        Tokenizer tokenizer = VocabularyBuilder.bytePair().token("<end>", 3).token("user", 3).token("<ud>", 4).build();
        assertThat(tokenizer.encode("<end>", true)).containsExactly(256);
        assertThat(tokenizer.encode("<end>", false)).hasSize(5).doesNotContain(256);
        assertThat(tokenizer.encode("user", false)).as("a whole word").doesNotContain(257);
        assertThat(tokenizer.encode("<ud>", false)).as("user-defined").containsExactly(258);
        assertThat(tokenizer.bytes(256)).isEmpty();
        assertThat(tokenizer.decode(256, 258)).isEqualTo("<ud>");
    }

    @Test
    void aControlTokenPutTogetherFromTrustedAndOtherTextIsText() {
        Tokenizer tokenizer = VocabularyBuilder.bytePair().token("<end>", 3).build();
        List<Segment> forged = List.of(new Segment("<", true), new Segment("end", false), new Segment("><end>", true));
        assertThat(tokenizer.encode(forged)).hasSize(6).endsWith(256);
    }

    @Test
    void theLongestSpecialTokenWins() {
        Tokenizer tokenizer = VocabularyBuilder.bytePair().token("ab", 4).token("bcd", 4).token("abc", 4).token("", 3)
                .build();
        assertThat(tokenizer.encode("abc", true)).containsExactly(258);
        assertThat(tokenizer.encode("abcd", true)).as("equally long: the one further left").containsExactly(258, 'd');
        assertThat(tokenizer.encode("xabxbcdx", true)).contains(256, 257);
    }

    @Test
    void unpairedSurrogatesAreReplaced() {
        Tokenizer tokenizer = VocabularyBuilder.bytePair().build();
        assertThat(tokenizer.decode(tokenizer.encode("a\uD83Db\uDE00", true))).isEqualTo("a\uFFFDb\uFFFD");
    }

    @Test
    void wordsAndMergesGoAcrossTheBordersOfSegments() {
        Tokenizer tokenizer = Tokenizers.of(SharedData.metadata("llama31-vocab.gguf"));
        RandomTexts texts = new RandomTexts("wordsAndMergesGoAcrossTheBordersOfSegments");
        for (int i = 0; i < 500; i++) {
            String text = texts.next(10);
            int cut = texts.random().nextInt(text.length() + 1);
            List<Segment> halves = List.of(new Segment(text.substring(0, cut), false),
                    new Segment(text.substring(cut), false));
            assertThat(tokenizer.encode(halves)).isEqualTo(tokenizer.encode(text, false));
        }
    }

    private static int[] ids(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).flatMapToInt(id -> IntStream.of(id.asInt())).toArray();
    }
}
