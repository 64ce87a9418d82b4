package io.millrace.inference.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class Llama3WordsTest {
    /** Llama 3's expression, with {@code \s} spelled out: Java's own is ASCII only. */
    private static final Pattern WORD = Pattern.compile(
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
                    + "| ?[^\\p{IsWhite_Space}\\p{L}\\p{N}]+[\\r\\n]*|\\p{IsWhite_Space}*[\\r\\n]+"
                    + "|\\p{IsWhite_Space}+(?!\\P{IsWhite_Space})|\\p{IsWhite_Space}+");

    @Test
    void wordsAreThoseOfTheRegularExpression() {
        RandomTexts texts = new RandomTexts("wordsAreThoseOfTheRegularExpression");
        for (int i = 0; i < 20_000; i++) {
            String text = texts.next(12);
            assertThat(words(text)).as(text).isEqualTo(expected(text));
        }
    }

    @Test
    void everyCharacterIsClassifiedAsTheExpressionDoes() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (Character.getType(c) != Character.SURROGATE) {
                String text = "a" + Character.toString(c) + "1 " + Character.toString(c) + "\n";
                assertThat(words(text)).as("U+%04X", c).isEqualTo(expected(text));
            }
        }
    }

    @Test
    void oneWhiteSpaceIsLeftForTheWordAfterIt() {
        assertThat(words("a   b\n\n  c  ")).containsExactly("a", "  ", " b", "\n\n", " ", " c", "  ");
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (int start = 0; start < text.length();) {
            int end = Llama3Words.end(text, start);
            words.add(text.substring(start, end));
            start = end;
        }
        return words;
    }

    private static List<String> expected(String text) {
        List<String> words = new ArrayList<>();
        for (Matcher matcher = WORD.matcher(text); matcher.find();) {
            words.add(matcher.group());
        }
        return words;
    }
}
