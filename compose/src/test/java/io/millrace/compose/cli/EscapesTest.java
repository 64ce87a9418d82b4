package io.millrace.compose.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.compose.UserException;
import org.junit.jupiter.api.Test;

class EscapesTest {
    @Test
    void knownEscapesAreResolvedAndOthersStay() {
        assertThat(Escapes.resolve("a\\nb\\t\\\\\\'\\\"\\r\\x41\\q\\")).isEqualTo("a\nb\t\\'\"\rA\\q\\");
    }

    @Test
    void halfAHexadecimalEscapeIsRefused() {
        for (var text : new String[]{"\\x", "\\x4", "\\xzz"}) {
            assertThatThrownBy(() -> Escapes.resolve(text)).isInstanceOf(UserException.class);
        }
    }
}
