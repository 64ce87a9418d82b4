package io.millrace.compose.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import org.junit.jupiter.api.Test;

class ProgressTest {
    @Test
    void withoutMetadataWhatLiesBeforeTheCommittedOffsetIsDone() {
        assertThat(new Progress(5, "", 5).isComplete()).isTrue();
        assertThat(new Progress(4, "", 5).firstUnfinished()).isEqualTo(4);
    }

    @Test
    void runsAreUnfinishedAndFinishedByTurns() {
        // 5 is not done, 6 to 205 are
        assertThat(new Progress(5, metadata(1, 'R', 1, 0xc8, 1), 206).firstUnfinished()).isEqualTo(5);
        assertThat(new Progress(5, metadata(1, 'R', 1, 0xc8, 1), 206).isComplete()).isFalse();
    }

    @Test
    void bitsAreOneAnOffset() {
        // 5 and 6 are done, 7 is not, 8 is
        assertThat(new Progress(5, metadata(1, 'B', 0b1011), 9).firstUnfinished()).isEqualTo(7);
    }

    @Test
    void metadataThatNobodyKnowsIsRefused() {
        assertThatThrownBy(() -> new Progress(5, metadata(2, 'R', 1, 1), 7).isComplete()).hasMessageContaining(
                "version 2");
        assertThatThrownBy(() -> new Progress(5, metadata(1, 'X', 1, 1), 7).isComplete()).hasMessageContaining(
                "form X");
    }

    private static String metadata(int... bytes) {
        byte[] raw = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            raw[i] = (byte) bytes[i];
        }
        return Base64.getEncoder().withoutPadding().encodeToString(raw);
    }
}
