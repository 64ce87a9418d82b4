package io.millrace.inference.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large a Llama model is.
 *
 * @param hasOutput whether the output matrix is apart from the embedding
 */
public record LlamaShape(int layers, int width, int feedForwardWidth, int heads, int keyValueHeads, int vocabulary,
        boolean hasOutput) {
    private static final Pattern NUMBERS = Pattern
            .compile("(\\d{1,4})x(\\d{1,6})x(\\d{1,6})x(\\d{1,4})x(\\d{1,4})x(\\d{1,7})");
    private static final int LEAST_VOCABULARY = 512;

    /** Llama 3.1's and 3.2's, and one for trying out. */
    private static final Map<String, LlamaShape> NAMED = new TreeMap<>(Map.of(
            "tiny", new LlamaShape(2, 256, 512, 8, 2, 1024, true),
            "1b", new LlamaShape(16, 2048, 8192, 32, 8, 128_256, false),
            "3b", new LlamaShape(28, 3072, 8192, 24, 8, 128_256, false),
            "8b", new LlamaShape(32, 4096, 14_336, 32, 8, 128_256, true),
            "70b", new LlamaShape(80, 8192, 28_672, 64, 8, 128_256, true),
            "405b", new LlamaShape(126, 16_384, 53_248, 128, 8, 128_256, true)));

    public LlamaShape {
        require(layers > 0, "there must be a layer");
        require(width > 0 && width % 256 == 0 && feedForwardWidth > 0 && feedForwardWidth % 256 == 0,
                "widths must be multiples of 256, which every tensor type's blocks fill");
        require(heads > 0 && width % heads == 0 && width / heads % 2 == 0,
                "heads must share the width evenly, an even number each");
        require(keyValueHeads > 0 && heads % keyValueHeads == 0, "key-value heads must share the heads evenly");
        require(vocabulary >= LEAST_VOCABULARY, "the vocabulary must have at least " + LEAST_VOCABULARY + " tokens");
    }

    private static void require(boolean ok, String problem) {
        if (!ok) {
            throw new IllegalArgumentException(problem);
        }
    }

    /**
     * By a name such as {@code 8b}, or {@code LAYERSxWIDTHxFEEDFORWARDxHEADSxKEYVALUEHEADSxVOCABULARY}.
     *
     * @throws IllegalArgumentException if it is neither, or no model can have that shape
     */
    public static LlamaShape parse(String text) {
        LlamaShape named = NAMED.get(text);
        if (named != null) {
            return named;
        }
        Matcher numbers = NUMBERS.matcher(text);
        if (!numbers.matches()) {
            throw new IllegalArgumentException("a shape is one of " + NAMED.keySet() + ", or numbers such as"
                    + " 16x2048x8192x32x8x128256 (layers, width, feed-forward width, heads, key-value heads,"
                    + " vocabulary), not " + text);
        }
        return new LlamaShape(number(numbers, 1), number(numbers, 2), number(numbers, 3), number(numbers, 4),
                number(numbers, 5), number(numbers, 6), true);
    }

    private static int number(Matcher numbers, int group) {
        return Integer.parseInt(numbers.group(group));
    }

    int keyValueWidth() {
        return width / heads * keyValueHeads;
    }
}
