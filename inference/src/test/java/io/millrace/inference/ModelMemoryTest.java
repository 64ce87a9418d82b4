package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelMemoryTest {
    private static final long GIB = 1L << 30;

    /** Of 24 GiB: an 8B model in Q8_0, a 70B model in Q2_K, and what just fits. */
    @ParameterizedTest
    @CsvSource({"8, true", "26, false", "18, true", "19, false"})
    void weightsAreCopiedWhereThatLeavesAQuarterOfTheMemory(long weightGib, boolean copied) {
        assertThat(new ModelMemory(weightGib * GIB, 1).leavesRoomWhenCopied(24 * GIB)).isEqualTo(copied);
    }
}
