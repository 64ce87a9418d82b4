package io.millrace.inference.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8AssemblerTest {
    private static final int[] TROUBLE = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
            0xE0, 0xE2, 0xED, 0xEF, 0xF0, 0xF3, 0xF4, 0xF5, 0xF8, 0xFE, 0xFF};

    @Test
    void aCharacterAppearsWithItsLastByte() {
        Utf8Assembler assembler = new Utf8Assembler();
        byte[] smile = "😀".getBytes(UTF_8);
        assertThat(assembler.append(Arrays.copyOfRange(smile, 0, 1))).isEmpty();
        assertThat(assembler.append(Arrays.copyOfRange(smile, 1, 3))).isEmpty();
        assertThat(assembler.append(Arrays.copyOfRange(smile, 3, 4))).isEqualTo("😀");
        assertThat(assembler.finish()).isEmpty();
    }

    @Test
    void theEndOfTheStreamFlushesWhatIsIncomplete() {
        Utf8Assembler assembler = new Utf8Assembler();
        assertThat(assembler.append(new byte[]{'a', (byte) 0xE2, (byte) 0x82})).isEqualTo("a");
        assertThat(assembler.finish()).isEqualTo("\uFFFD");
        assertThat(assembler.append(new byte[]{'b'})).isEqualTo("b");
    }

    @Test
    void anySplitOfAnyBytesGivesTheTextOfTheWhole() {
        long seed = System.nanoTime();
        System.out.println("anySplitOfAnyBytesGivesTheTextOfTheWhole: seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(12)];
            for (int b = 0; b < bytes.length; b++) {
                bytes[b] = (byte) (random.nextBoolean() ? TROUBLE[random.nextInt(TROUBLE.length)] : random.nextInt());
            }
            assertThat(assembled(bytes, random)).isEqualTo(new String(bytes, UTF_8));
        }
    }

    @Test
    void everyPairOfBytesInEverySplitGivesTheTextOfTheWhole() {
        for (int pair = 0; pair < 1 << 16; pair++) {
            byte[] bytes = {(byte) (pair >> 8), (byte) pair};
            Utf8Assembler assembler = new Utf8Assembler();
            String text = assembler.append(new byte[]{bytes[0]}) + assembler.append(new byte[]{bytes[1]})
                    + assembler.finish();
            assertThat(text).isEqualTo(new String(bytes, UTF_8));
        }
    }

    private static String assembled(byte[] bytes, Random random) {
        Utf8Assembler assembler = new Utf8Assembler();
        StringBuilder text = new StringBuilder();
        for (int from = 0; from < bytes.length;) {
            int to = from + random.nextInt(Math.min(4, bytes.length - from) + 1);
            text.append(assembler.append(Arrays.copyOfRange(bytes, from, to)));
            from = to;
        }
        return text.append(assembler.finish()).toString();
    }
}
