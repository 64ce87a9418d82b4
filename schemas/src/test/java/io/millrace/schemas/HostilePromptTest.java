package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What would be a prompt if its author meant no harm. The timeout is far beyond what any of these should cost. */
@Timeout(10)
class HostilePromptTest {
    private static final int MEGABYTE = 1 << 20;

    private final PromptCodec codec = new PromptCodec();

    private String refusal(byte... value) {
        InvalidPromptException e = catchThrowableOfType(InvalidPromptException.class, () -> codec.decode(value));
        assertThat(e.getMessage()).hasSizeLessThan(1000);
        return e.getMessage();
    }

    private String refusal(String value) {
        return refusal(value.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void tenMegabytesAreRefusedUnread() {
        byte[] value = new byte[10 * MEGABYTE];
        Arrays.fill(value, (byte) 'a');
        assertThatThrownBy(() -> codec.decode(value)).isInstanceOfSatisfying(InvalidPromptException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.PROMPT_TOO_LARGE));
    }

    @Test
    void tenMegabytesAreReadWhereTheyAreAllowed() {
        String text = "a".repeat(10 * MEGABYTE);
        byte[] value = ("{\"prompt\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8);
        assertThat(new PromptCodec(value.length).decode(value).prompt()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void deepNestingIsRefused(String opening) {
        assertThat(refusal("{\"prompt\":\"a\",\"metadata\":" + opening.repeat(100_000))).contains("64 levels");
    }

    @Test
    void nestingUpToTheLimitIsTaken() {
        int levels = Json.MAX_NESTING - 1;
        String metadata = "[".repeat(levels) + "]".repeat(levels);
        assertThat(codec.decode(("{\"prompt\":\"a\",\"metadata\":" + metadata + "}").getBytes(StandardCharsets.UTF_8))
                .metadata()).hasToString(metadata);
        assertThat(refusal("{\"prompt\":\"a\",\"metadata\":[" + metadata + "]}")).contains("64 levels");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\udc00", "\\udc00\\ud800", "\\ud800x", "x\\ud83d"})
    void halvesOfSurrogatePairsAreRefusedWhereverTheyStand(String half) {
        assertThat(refusal("{\"prompt\":\"" + half + "\"}")).contains("surrogate");
        assertThat(refusal("{\"prompt\":\"a\",\"metadata\":{\"b\":[\"" + half + "\"]}}")).contains("surrogate");
        assertThat(refusal("{\"prompt\":\"a\",\"metadata\":{\"" + half + "\":1}}")).contains("surrogate");
    }

    @Test
    void bytesThatAreNotUtf8AreRefusedWithTheirOffset() {
        assertThat(refusal((byte) 'a', (byte) 0xFF)).contains("UTF-8").contains("offset 1");
        assertThat(refusal((byte) '{', (byte) '"', (byte) 0xC3)).contains("offset 2");
        // an overlong slash, half a surrogate pair, a code point above U+10FFFF
        assertThat(refusal((byte) 0xC0, (byte) 0xAF)).contains("offset 0");
        assertThat(refusal((byte) 0xED, (byte) 0xA0, (byte) 0x80)).contains("offset 0");
        assertThat(refusal((byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80)).contains("offset 0");
        assertThat(refusal("{\"prompt\":\"a\"}".getBytes(StandardCharsets.UTF_16))).contains("UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "-1e999999999", "1e99999999999999999999", "1e309", "123e2147483647"})
    void numbersBeyondADoubleAreRefusedAtNoCost(String number) {
        for (String field : new String[]{"max_tokens", "temperature", "seed", "metadata", "colour"}) {
            assertThat(refusal("{\"prompt\":\"a\",\"" + field + "\":" + number + "}")).contains("number");
        }
    }

    @Test
    void numbersOfManyDigitsAreRefused() {
        assertThat(refusal("{\"prompt\":\"a\",\"seed\":" + "9".repeat(900) + "}")).contains("too large");
        assertThat(refusal("{\"prompt\":\"a\",\"metadata\":0." + "9".repeat(900_000) + "}")).contains("1000 a number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e-999999999", "0.5e-999999999"})
    void numbersNextToZeroAreNoWholeNumbers(String number) {
        assertThat(refusal("{\"prompt\":\"a\",\"max_tokens\":" + number + "}")).contains("whole number");
    }

    @Test
    void zeroIsZeroUnderAnyExponent() {
        assertThat(codec.decode("{\"prompt\":\"a\",\"seed\":0e999999999,\"top_k\":0e-999999999}"
                .getBytes(StandardCharsets.UTF_8)).sampling().seed()).isZero();
    }

    @Test
    void namesAndValuesOfAnyLengthMakeShortRefusals() {
        assertThat(refusal("{\"" + "n".repeat(9_000) + "\":1}")).contains("unknown field \"nnn").contains("...");
        assertThat(refusal("{\"" + "n".repeat(500_000) + "\":1}")).contains("characters a name");
        assertThat(refusal("{\"id\":\"" + "n".repeat(500_000) + "\",\"prompt\":\"a\"}")).startsWith("id must have");
        assertThat(refusal("{\"prompt\":\"a\",\"max_tokens\":\"" + "9".repeat(500_000) + "\"}")).contains("...");
        assertThat(refusal("{" + "x".repeat(500_000))).contains("not valid JSON");
    }

    @Test
    void refusalsHoldNoControlCharacters() {
        assertThat(refusal("{\"prompt\":\"a\",\"a\\nb\\u001b[31m\":1}")).startsWith("unknown field \"a b [31m\"");
    }

    @Test
    void manyNamesOfOneHashAreReadInNoTime() {
        StringBuilder value = new StringBuilder("{\"prompt\":\"a\",\"metadata\":{\"z\":0");
        for (int i = 0; i < 1 << 14; i++) {
            value.append(",\"");
            // "Aa" and "BB" have the same hash code, and so has every sequence of them.
            for (int bit = 0; bit < 14; bit++) {
                value.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            value.append("\":0");
        }
        byte[] bytes = value.append("}}").toString().getBytes(StandardCharsets.UTF_8);
        assertThat(codec.decode(bytes).metadata()).hasSize((1 << 14) + 1);
    }
}
