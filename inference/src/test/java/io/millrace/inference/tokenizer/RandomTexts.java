package io.millrace.inference.tokenizer;

import java.util.Random;

/** Random texts with everything tokenizers trip over; the seed is printed so that a failure can be repeated. */
final class RandomTexts {
    private static final String[] ALPHABET = {"a", "b", "the", "Z", "é", "ß", "ſ", "İ", "ด้", "क्षि", "汉字", "은", "٣",
            "½", "7",
            "1234", " ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\u2028", "\u0085", "'", "'s", "'LL", "'Ve", "!",
            "...", "_", "-",
            "😀", "👩‍👩‍👧", "🇩🇪", "\u0000", "\u0001", "\ufeff", "\uFFFD", "<|", "|>", "<|eot_id|>", "<s>", "<0x0A>",
            "𝒜", "𝟙",
            "\u0301", "\uE000", "\u0378"};

    private final Random random;

    RandomTexts(String test) {
        long seed = System.nanoTime();
        System.out.println(test + ": seed " + seed);
        random = new Random(seed);
    }

    String next(int parts) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(parts); i >= 0; i--) {
            if (random.nextInt(4) == 0) {
                text.appendCodePoint(scalarValue());
            } else {
                text.append(ALPHABET[random.nextInt(ALPHABET.length)]);
            }
        }
        return text.toString();
    }

    private int scalarValue() {
        int codePoint = random.nextInt(random.nextBoolean() ? 0x3000 : 0x110000);
        return Character.getType(codePoint) == Character.SURROGATE ? 'x' : codePoint;
    }

    Random random() {
        return random;
    }
}
